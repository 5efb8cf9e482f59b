import type { Planner, PlanStep, SqlIndexAdvice, SqlPlanStep } from '@koyalite/contracts'
import { SQL_FUNCTIONS } from '@koyalite/query'
import type { Collection, Schema } from '@koyalite/schema'
import { type SqlConsole, withPlanner } from '@koyalite/sqlite'
import { indexStatement } from '../store/advised-index'
import { collectionsOpened, type ProgramRules, type Programs } from './check-program'

export interface ExplainedStatement {
  readonly text: string
  readonly programs: Programs
  readonly rules: ProgramRules
}

/** How SQLite runs a statement, in words, and the indexes with which it would read less: only those that its planner then uses. */
export function explainStatement(
  console: SqlConsole,
  schema: Schema,
  { text, programs, rules }: ExplainedStatement,
): { readonly steps: readonly SqlPlanStep[]; readonly advice: readonly SqlIndexAdvice[] } {
  const steps = console.plan(text).map((step): SqlPlanStep => ({ ...step, text: inWords(step), slow: isSlow(step) }))
  if (!steps.some(({ slow }) => slow)) return { steps, advice: [] }
  const opened = collectionsOpened(programs, rules, 'OpenRead', 'OpenWrite')
  return { steps, advice: adviseIndexes(console, schema, { text, opened }) }
}

const MAX_CANDIDATES = 60

function adviseIndexes(
  console: SqlConsole,
  _schema: Schema,
  { text, opened }: { readonly text: string; readonly opened: readonly Collection[] },
): readonly SqlIndexAdvice[] {
  const reads = { get: (sql: Parameters<SqlConsole['all']>[0]) => console.all(sql)[0], all: console.all }
  const tables = opened.map(({ table }) => table)
  return withPlanner(reads, { tables, functions: SQL_FUNCTIONS }, (planner) => {
    const advice: SqlIndexAdvice[] = []
    let indexes = planner.indexes
    let cost = costOf(planner, text, indexes)
    // Each one makes the next a smaller gain: there are two at most that matter.
    for (let round = 0; round < 2 && cost > 0; round++) {
      const best = candidatesFor(opened, text)
        .map((candidate) => ({ candidate, sql: indexStatement(candidate.collection.table, candidate.columns) }))
        .map((one) => ({ ...one, cost: costOf(planner, text, [...indexes, one.sql]) }))
        .filter((one) => one.cost < cost)
        .toSorted(
          (one, other) => one.cost - other.cost || one.candidate.fields.length - other.candidate.fields.length,
        )[0]
      if (best === undefined) break
      indexes = [...indexes, best.sql]
      cost = best.cost
      advice.push(adviceOf(best.candidate))
    }
    return advice
  })
}

interface Candidate {
  readonly collection: Collection
  readonly fields: readonly string[]
  readonly columns: readonly string[]
}

/** One column, or two, of those that the text names. */
function candidatesFor(opened: readonly Collection[], text: string): readonly Candidate[] {
  const words = new Set(text.toLowerCase().match(/[\p{L}_][\p{L}\p{N}_$]*/gu) ?? [])
  return opened
    .flatMap((collection) => {
      const named = [...collection.fields.values()].filter(
        ({ column, type, primary }) =>
          !primary && type !== 'json' && type !== 'blob' && words.has(column.toLowerCase()),
      )
      const pairs = named.flatMap((first) =>
        named.filter((second) => second !== first).map((second) => [first, second]),
      )
      return [...named.map((field) => [field]), ...pairs].map((fields) => ({
        collection,
        fields: fields.map(({ name }) => name),
        columns: fields.map(({ column }) => column),
      }))
    })
    .slice(0, MAX_CANDIDATES)
}

function adviceOf({ collection, fields }: Candidate): SqlIndexAdvice {
  const name = `idx_${collection.name}_${fields.join('_')}`
  return { collection: collection.name, fields, line: `- { name: ${name}, fields: [${fields.join(', ')}] }` }
}

/** What is read completely weighs more than what is sorted. */
function costOf(planner: Planner, text: string, indexes: readonly string[]): number {
  const steps = planner.plan({ text, params: [] }, indexes)
  return steps.reduce((sum, step) => sum + (isSlow(step) ? (isScan(step) ? 10 + step.depth : 1) : 0), 0)
}

function isScan({ detail }: PlanStep): boolean {
  return /^SCAN (?!CONSTANT ROW|\d+-ROW|.* VIRTUAL TABLE)/.test(detail)
}

function isSlow(step: PlanStep): boolean {
  return isScan(step) || /^USE TEMP B-TREE FOR (?:ORDER BY|GROUP BY|DISTINCT)/.test(step.detail)
}

const WORDS: readonly (readonly [RegExp, (found: RegExpExecArray) => string])[] = [
  [/^SCAN CONSTANT ROW$/, () => 'Computes one row'],
  [/^SCAN (\S+) VIRTUAL TABLE/, ([, name]) => `Reads what ${name} returns`],
  [
    /^SCAN (\S+) USING COVERING INDEX (\S+)/,
    ([, name, index]) => `Reads all of ${name}, from the index ${index} alone`,
  ],
  [/^SCAN (\S+) USING INDEX (\S+)/, ([, name, index]) => `Reads all of ${name}, in the order of the index ${index}`],
  [/^SCAN (\S+)/, ([, name]) => `Reads all of ${name}`],
  [
    /^SEARCH (\S+) USING INTEGER PRIMARY KEY \((.+)\)/,
    ([, name, by]) => `Finds documents of ${name} by the key (${by})`,
  ],
  [
    /^SEARCH (\S+) USING (?:COVERING )?INDEX sqlite_autoindex_\S+ \((.+)\)/,
    ([, name, by]) => `Finds documents of ${name} by a unique value (${by})`,
  ],
  [
    /^SEARCH (\S+) USING COVERING INDEX (\S+) \((.+)\)/,
    ([, name, index, by]) => `Finds documents of ${name} in the index ${index} alone (${by})`,
  ],
  [
    /^SEARCH (\S+) USING INDEX (\S+) \((.+)\)/,
    ([, name, index, by]) => `Finds documents of ${name} by the index ${index} (${by})`,
  ],
  [/^SEARCH (\S+) USING AUTOMATIC/, ([, name]) => `Makes an index of ${name} for this statement, and finds by it`],
  [/^USE TEMP B-TREE FOR (.+)$/, ([, what]) => `Sorts all rows for ${what}`],
  [/^CORRELATED (?:SCALAR|LIST) SUBQUERY/, () => 'For each row, a subquery'],
  [/^(?:SCALAR|LIST) SUBQUERY/, () => 'A subquery, once'],
  [/^(?:CO-ROUTINE|MATERIALIZE) (.+)$/, ([, name]) => `The rows of ${name}`],
  [/^MULTI-INDEX OR/, () => 'By several indexes, one for each side of OR'],
  [/^COMPOUND QUERY|^LEFT-MOST SUBQUERY|^UNION|^MERGE/, ([found]) => `Joins results: ${found.toLowerCase()}`],
]

function inWords({ detail: full }: PlanStep): string {
  const detail = full.replace(/ main\./, ' ')
  for (const [pattern, words] of WORDS) {
    const found = pattern.exec(detail)
    if (found !== null) return words(found)
  }
  return detail
}
