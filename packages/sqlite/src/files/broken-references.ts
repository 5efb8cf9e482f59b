import type { Connection } from '../driver/driver'

/** Rows of each table that refer to nothing, with a few of them in words; tables without any are left out. */
export type BrokenReferences = ReadonlyMap<string, { readonly count: number; readonly examples: readonly string[] }>

/** Looks through the whole database. A table whose references cannot be looked up (they lead to columns that are not unique) counts as one. */
export function brokenReferences(connection: Connection): BrokenReferences {
  const broken = new Map<string, { readonly count: number; readonly examples: readonly string[] }>()
  for (const [name] of connection.prepare(TABLES).raw(true).all([])) {
    const table = String(name)
    const found = brokenIn(connection, table)
    if (found.count > 0) broken.set(table, found)
  }
  return broken
}

/**
 * What is broken now and was not before, in words: a file that another program wrote may have broken references already. A table that was not there before
 * may be one that was renamed, and have what those that are gone had.
 */
export function newlyBroken(before: BrokenReferences, after: BrokenReferences): readonly string[] {
  let gone = 0
  for (const [table, { count }] of before) if (!after.has(table)) gone += count
  const worse: string[] = []
  for (const [table, { count, examples }] of after) {
    const allowed = before.get(table)?.count
    if (allowed === undefined && count <= gone) gone -= count
    else if (count > (allowed ?? 0)) worse.push(...examples)
  }
  return worse
}

const TABLES = `SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%REFERENCES%' ORDER BY name`
const MAX_EXAMPLES = 5

function brokenIn(connection: Connection, table: string): { count: number; examples: readonly string[] } {
  const examples: string[] = []
  let count = 0
  try {
    const check = connection.prepare('SELECT rowid, parent FROM pragma_foreign_key_check(?)').raw(true)
    for (const [rowid, parent] of check.iterate([table])) {
      if (++count <= MAX_EXAMPLES) examples.push(`${table} (row ${rowid ?? '?'}) → ${parent}`)
    }
    return { count, examples }
  } catch (error) {
    return { count: 1, examples: [`${table} (${error instanceof Error ? error.message : String(error)})`] }
  }
}
