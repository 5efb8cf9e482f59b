import { createChangeLog } from '../changes/change-log'
import { connect } from '../driver/connection'

export interface SystemPlans {
  /** Statements that create the tables that the modules' functions work on. */
  readonly tables: readonly string[]
  /** Modules whose exported functions take a transaction, or whatever reads, and run statements. */
  readonly modules: readonly Readonly<Record<string, unknown>>[]
  /** Tables that stay small, or functions that are asked for by hand. */
  readonly mayScan?: readonly RegExp[]
}

/**
 * The statements of modules that look through a whole table or index, with their plans. Every exported function is called with something that notes
 * statements instead of running them, and with arguments that stand for anything.
 */
export function scansOf({ tables, modules, mayScan = [] }: SystemPlans): { statements: number; scans: string[] } {
  const connection = connect({ path: ':memory:', mode: 'write' })
  createChangeLog(connection)
  for (const text of tables) connection.exec(text)
  const texts = new Set(modules.flatMap((module) => Object.values(module).flatMap(statementsOf)))
  const scans = [...texts].flatMap((text) => {
    const params = Array.from(text.matchAll(/\?/g), () => 1)
    const plan = connection.prepare(`EXPLAIN QUERY PLAN ${text}`).raw(true).all(params)
    const details = plan.map((row) => String(row[3])).filter((detail) => isScan(detail, text))
    return details.length === 0 || mayScan.some((pattern) => pattern.test(text))
      ? []
      : [`${text}\n  ${details.join('\n  ')}`]
  })
  connection.close()
  return { statements: texts.size, scans }
}

/** What walks in the order of a key or an index may stop where a LIMIT is reached; a sort may not. */
function isScan(detail: string, text: string): boolean {
  if (/^USE TEMP B-TREE FOR ORDER BY/.test(detail)) return true
  if (/^SEARCH (?!.* USING )/.test(detail)) return !/\b(?:min|max)\(/.test(text)
  // The list of tables grows with the schema, not with what is stored.
  if (!/^SCAN (?!CONSTANT ROW|sqlite_schema|.*VIRTUAL TABLE)/.test(detail)) return false
  return !/\bLIMIT\b/.test(text) || /\bWHERE\b/.test(text)
}

function statementsOf(exported: unknown): string[] {
  if (typeof exported !== 'function') return []
  const texts: string[] = []
  const note = (sql: unknown) => {
    const text = (sql as { text?: unknown })?.text
    if (typeof text === 'string') texts.push(text)
    return []
  }
  const noted = {
    run: (sql: unknown) => ({ changes: note(sql).length, lastInsertRowid: 0 }),
    get: (sql: unknown) => note(sql).at(0),
    all: note,
    query: async (sql: unknown) => ({ rows: note(sql) }),
  }
  try {
    const result: unknown = exported(noted, anything(), anything(), anything(), anything())
    if (result instanceof Promise) result.catch(() => {})
  } catch {
    // What it makes of no rows does not matter.
  }
  return texts
}

/** Has every property, can be called, and is a text where one is needed. */
function anything(): unknown {
  return new Proxy(() => '', {
    get: (_, name) =>
      name === Symbol.toPrimitive
        ? () => '1'
        : name === Symbol.iterator
          ? () => [][Symbol.iterator]()
          : name === 'toJSON'
            ? () => '1'
            : anything(),
    apply: () => anything(),
  })
}
