import { quoteName, type Sql } from '@koyalite/contracts'
import type { StatementCache } from '../driver/statement-cache'
import { NO_PARAMS } from '../writer/tx'

/** Tables up to this many rows may be scanned and sorted on the event loop: about 1 ms. */
const SMALL_TABLE_ROWS = 5_000
/** And no more than so many bytes of texts and blobs. */
const SMALL_TABLE_BYTES = 4 * 1024 * 1024
/** And no more than so many in all, where a condition looks through them several times: about 30 ms. */
const SMALL_SCAN_BYTES = 16 * 1024 * 1024
/** What goes through a whole text, or all of a JSON value, each time that it stands in a statement. */
const PASSES =
  /\b(?:instr|substr|length|lower|upper|replace|trim|ltrim|rtrim|json_extract|json_type|json_each)\(|\bLIKE\b|->/gi
/** So many values are asked for their length; of a table with more, the average stands for the rest. */
const SAMPLED_VALUES = 50_000
/** In tables up to this many rows, a scan that has proved fast may run there too: at worst it takes some 50 ms, once. */
const LEARNABLE_ROWS = 200_000
/** In tables with more rows, also what an index finds may be more than can be read here. */
const HUGE_ROWS = 1_000_000
const SLOW_MS = 20
const FAST_MS = 3
const FAST_RUNS = 5
/** The engine's garbage collection takes its time in the middle of whatever runs, but never so long. */
const FORGIVEN_MS = 250
const FIRST_PENALTY_MS = 60_000
const LAST_PENALTY_MS = 3_600_000
/** How long an estimate of a table's size is believed. */
const ESTIMATE_MS = 5_000
const MAX_SHAPES = 2_000

/** What the plan of a statement says. */
interface Plan {
  /** Never bounded: it goes through lists inside of lists, and how long those are is in the rows and not in the plan. */
  readonly nested: boolean
  /** The tables that make the plan costly when they are large; empty where it reads by index only. */
  readonly tables: readonly string[]
  /** Tables of which an index finds nobody knows how many rows. */
  readonly searched: readonly string[]
  /** How many rows they may have if the statement has proved fast. */
  readonly learnableRows: number
  readonly sorts: 'all' | 'ties' | 'nothing'
  /** How often it may go through what a row holds. */
  readonly passes: number
}

interface Size {
  readonly rows: number
  /** Of texts and blobs; 0 for tables with many rows, where it makes no difference. */
  readonly bytes: number
}

interface Shape extends Plan {
  fastRuns: number
  slowUntil: number
  penaltyMs: number
}

/**
 * Decides which statements may run on the event loop: the driver cannot interrupt one. By the plan (a scan or a sort over a large table is not
 * bounded), and by what the same statement took before. SPEC.md, section Q.
 */
export class QueryBounds {
  readonly #statements: StatementCache
  readonly #now: () => number
  #shapes = new Map<string, Shape>()
  #sizes = new Map<string, Size & { readonly at: number }>()

  /** `statements`: of a connection for reading, used for EXPLAIN and estimates. */
  constructor(statements: StatementCache, now: () => number = () => performance.now()) {
    this.#statements = statements
    this.#now = now
  }

  /** True if the statement may run on the event loop. Throws the driver's error if it cannot be prepared. */
  isBounded(sql: Sql): boolean {
    const shape = this.#shape(sql)
    if (shape.nested) return false
    if (shape.slowUntil > 0) {
      if (this.#now() < shape.slowUntil || shape.fastRuns < FAST_RUNS) return false
    }
    if (shape.fastRuns < FAST_RUNS && shape.searched.length > 0 && this.#largest(shape.searched, 0) > HUGE_ROWS)
      return false
    if (shape.tables.length === 0) return true
    const rows = this.#largest(shape.tables, shape.passes)
    return rows <= SMALL_TABLE_ROWS || (rows <= shape.learnableRows && shape.fastRuns >= FAST_RUNS)
  }

  /** Whether the statement sorts rows, ties aside, before it returns the first one. Throws the driver's error if it cannot be prepared. */
  sorts(sql: Sql): boolean {
    return this.#shape(sql).sorts === 'all'
  }

  /** What a run of the statement took (see `startRun`), wherever it ran. */
  learn(text: string, ms: number): void {
    if (ms <= FAST_MS) {
      const shape = this.#shapes.get(text)
      // Reached once per run of every query: counted no further than needed.
      if (shape !== undefined && shape.fastRuns < FAST_RUNS) shape.fastRuns++
    } else if (ms > SLOW_MS) {
      const shape = this.#shapes.get(text)
      if (shape === undefined) return
      const now = this.#now()
      // Slow again after a long time is slow for the first time.
      const again = shape.slowUntil > 0 && now - shape.slowUntil < LAST_PENALTY_MS
      const isForgiven = !again && shape.fastRuns >= FAST_RUNS && ms < FORGIVEN_MS
      shape.fastRuns = 0
      if (isForgiven) return
      shape.penaltyMs = again ? Math.min(LAST_PENALTY_MS, shape.penaltyMs * 2) : FIRST_PENALTY_MS
      shape.slowUntil = now + shape.penaltyMs
    }
  }

  /** The functions that a statement calls did more than may be done on the event loop, however long that took. */
  exhausted(text: string): void {
    const shape = this.#shapes.get(text)
    if (shape === undefined) return
    shape.fastRuns = 0
    shape.slowUntil = this.#now() + FIRST_PENALTY_MS
  }

  /** Discards everything: after a change of the schema. */
  clear(): void {
    this.#shapes = new Map()
    this.#sizes = new Map()
  }

  #shape(sql: Sql): Shape {
    const { text } = sql
    const known = this.#shapes.get(text)
    if (known !== undefined) return known
    if (this.#shapes.size >= MAX_SHAPES) this.#shapes = new Map()
    const shape = { ...this.#examine(sql), fastRuns: 0, slowUntil: 0, penaltyMs: 0 }
    this.#shapes.set(text, shape)
    return shape
  }

  #examine({ text, params }: Sql): Plan {
    // The driver wants the statement's values here too.
    const plan = this.#statements.get(`EXPLAIN QUERY PLAN ${text}`).all(params)
    const details = plan.map((row) => String(row[3]))
    const program = this.#statements.get(`EXPLAIN ${text}`).all(params)
    const nested = details.filter((detail) => detail.includes(' VIRTUAL TABLE ')).length > 1
    const sorts = sortsOf(details)
    const isPage = isPlainPage(text, program)
    const findsMany = details.some((detail) => this.#mayFindMany(detail))
    const costly = isCostly(details, sorts) && !(isPage && sorts === 'nothing')
    if (!costly && !findsMany) return { nested, sorts, passes: 0, tables: [], searched: [], learnableRows: 0 }
    // The plan names tables by their aliases; the program opens them by their root pages.
    const roots = program.filter((row) => row[1] === 'OpenRead').map((row) => row[3])
    const tables = this.#statements
      .get('SELECT DISTINCT tbl_name FROM sqlite_schema WHERE rootpage IN (SELECT value FROM json_each(?))')
      .all([JSON.stringify(roots)])
      .map(([name]) => String(name))
    // Only ties are sorted, and how many there are depends on the table and on no parameter: what was fast will be.
    const learnableRows = isPage && sorts === 'ties' ? Number.POSITIVE_INFINITY : LEARNABLE_ROWS
    const passes = text.match(PASSES)?.length ?? 0
    return { nested, sorts, passes, tables: costly ? tables : [], searched: findsMany ? tables : [], learnableRows }
  }

  /** Whether a step of the plan looks up an index in which a value may stand more than once. */
  #mayFindMany(detail: string): boolean {
    const [, name, terms = ''] = /^SEARCH .+ USING (?:COVERING )?INDEX (\S+) \((.+)\)$/.exec(detail) ?? []
    if (name === undefined) return false
    const equalities = terms.match(/=\?/g)?.length ?? 0
    const [unique, columns] =
      this.#statements
        .get(
          `SELECT l."unique", (SELECT count(*) FROM pragma_index_info(l.name)) FROM sqlite_schema AS s
           JOIN pragma_index_list(s.tbl_name) AS l ON l.name = s.name WHERE s.name = ?`,
        )
        .get([name]) ?? []
    return unique !== 1 || columns !== equalities
  }

  /** How many rows the largest table has. One that is small, but of many bytes for so many passes, counts as large. */
  #largest(tables: readonly string[], passes: number): number {
    let largest = 0
    for (const table of tables) {
      const { rows, bytes } = this.#estimate(table)
      const isLong = bytes > SMALL_TABLE_BYTES || bytes * passes > SMALL_SCAN_BYTES
      largest = Math.max(largest, isLong ? SMALL_TABLE_ROWS + 1 : 0, rows)
    }
    return largest
  }

  #estimate(table: string): Size {
    const now = this.#now()
    const known = this.#sizes.get(table)
    if (known !== undefined && now - known.at < ESTIMATE_MS) return known
    const size = { ...this.#sizeOf(table), at: now }
    this.#sizes.set(table, size)
    return size
  }

  /** The length in bytes stands in the header of a row: the value itself is not read. */
  #bytesOf(table: string, name: string, rows: number): number {
    const columns = this.#statements
      .get(`SELECT name FROM pragma_table_info(?) WHERE upper(type) NOT IN ('INTEGER', 'REAL')`)
      .all([table])
    if (columns.length === 0 || rows === 0) return 0
    const sampled = Math.max(1, Math.min(rows, Math.floor(SAMPLED_VALUES / columns.length)))
    const lengths = columns.map(([column]) => `ifnull(octet_length(${quoteName(String(column))}), 0)`)
    // No single column: one with a collation that only another program has can still be measured.
    const sum = `SELECT sum(length) FROM (SELECT ${sumOf(lengths)} AS length FROM ${name} LIMIT ${sampled})`
    const bytes = Number(this.#statements.get(sum).get(NO_PARAMS)?.[0] ?? 0)
    return (bytes / sampled) * rows
  }

  #sizeOf(table: string): Size {
    const name = quoteName(table)
    const counted = this.#statements
      .get(`SELECT count(*) FROM (SELECT 1 FROM ${name} LIMIT ${SMALL_TABLE_ROWS + 1})`)
      .get(NO_PARAMS)?.[0] as number
    if (counted <= SMALL_TABLE_ROWS) return { rows: counted, bytes: this.#bytesOf(table, name, counted) }
    try {
      // Never less than the number of rows, and found in two steps down the tree: only an aggregate that stands alone in its query is.
      const [range] =
        this.#statements
          .get(`SELECT (SELECT max(rowid) FROM ${name}) - (SELECT min(rowid) FROM ${name}) + 1`)
          .get(NO_PARAMS) ?? []
      return { rows: range as number, bytes: 0 }
    } catch {
      // A table without rowids: it is large, nothing says how large.
      return { rows: Number.POSITIVE_INFINITY, bytes: 0 }
    }
  }
}

/** Added in groups: SQLite takes no expression that is 1,000 deep. */
function sumOf(terms: readonly string[]): string {
  const groups = Array.from({ length: Math.ceil(terms.length / 500) }, (_, i) => terms.slice(i * 500, (i + 1) * 500))
  return groups.map((group) => `(${group.join(' + ')})`).join(' + ')
}

/** Scans of tables, and sorts of all that was found. What an index search finds in the order of its first keys is hardly dearer to sort than to read. */
function isCostly(details: readonly string[], sorts: Plan['sorts']): boolean {
  const derived = new Set<string>()
  for (const detail of details) {
    const name = /^(?:CO-ROUTINE|MATERIALIZE) (.+)$/.exec(detail)?.[1]
    if (name !== undefined) derived.add(name)
  }
  const scans = () =>
    details.some((detail) => {
      const scanned = /^SCAN (?!CONSTANT ROW|\d+-ROW|.* VIRTUAL TABLE)(.+?)(?: USING .*)?$/.exec(detail)?.[1]
      // "SEARCH t" without an index: min() or max() over all rows.
      const searched = /^SEARCH (?!.* USING )/.test(detail)
      return (scanned !== undefined && !derived.has(scanned)) || searched
    })
  return sorts === 'all' || scans()
}

/** What is sorted of the rows that are read: all of them, only those with the same first keys, or nothing. */
function sortsOf(details: readonly string[]): Plan['sorts'] {
  const trees = details.filter((detail) => detail.startsWith('USE TEMP B-TREE'))
  if (trees.length === 0) return 'nothing'
  return trees.every((detail) => /^USE TEMP B-TREE FOR LAST (?:\d+ )?TERMS? OF ORDER BY$/.test(detail)) ? 'ties' : 'all'
}

/** Rows of one table, without a condition, up to a limit: if they come in the order of a tree, it stops where the limit is reached. */
function isPlainPage(text: string, program: readonly (readonly unknown[])[]): boolean {
  return (
    /\blimit\b/i.test(text) &&
    !/\bwhere\b|\bjoin\b|\bunion\b|\bdistinct\b|\boffset\b/i.test(text) &&
    !program.some(([, opcode]) => opcode === 'AggStep')
  )
}
