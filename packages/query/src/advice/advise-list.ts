import type { Planner, PlanStep, Sql, SuggestedIndex } from '@koyalite/contracts'
import type { Collection, Schema } from '@koyalite/schema'
import { type Candidate, candidateSql, suggested } from './candidate'
import { type Bench, innerCandidates, rootCandidates } from './candidate-indexes'
import { type EvaluatedList, type Evaluation, evaluate, isLess, isOuter, type ListReads } from './evaluate-plans'
import { type AdvisedList, isUnreadable, listStatements, tablesOf } from './list-statements'
import { obstaclesOf } from './obstacles'
import { planInWords } from './plan-in-words'

/** How a list is read, and what would make it read less. */
export interface ListAdvice {
  /** Finds the first page. */
  readonly statement: Sql
  readonly plan: readonly PlanStep[]
  readonly reads: ListReads
  /** Whether a table is read completely for each document. */
  readonly scansInside: boolean
  /** The plan in sentences. */
  readonly words: readonly string[]
  /** Indexes that the planner uses where they are there: with all of them less is read. */
  readonly indexes: readonly SuggestedIndex[]
  /** The plan in sentences with these indexes; empty where there are none. */
  readonly after: readonly string[]
  /** Why more than the page is read all the same; empty where it is not. */
  readonly obstacles: readonly string[]
}

export interface AdviceOptions {
  /** Plans statements over copies of these tables. */
  readonly planFor: <T>(tables: readonly string[], use: (planner: Planner) => T) => T
  /** The list took long. */
  readonly wasSlow: boolean
}

/**
 * What makes a list read less. Nothing is guessed: an index is advised if SQLite's planner, asked about copies of the tables, uses it
 * and reads less with it. The idea is that of `.expert` of SQLite's shell.
 */
export function adviseList(list: AdvisedList, { planFor, wasSlow }: AdviceOptions): ListAdvice {
  const { schema, query } = list
  const statements = listStatements(list)
  const tables = tablesOf(list, statements)
  const names = new Set([...tables.values()].flatMap((collections) => [...collections].map(({ table }) => table)))
  return planFor([...names], (planner) => {
    const isRead = (alias: string) =>
      [...(tables.get(alias) ?? [])].some((collection) => !isUnreadable(list, alias, collection))
    const evaluated: EvaluatedList = { query, statements, isRead }
    const bench: AdviceBench = { list: evaluated, planner, tables, wasSlow }
    const present = evaluate(evaluated, planner, planner.indexes)
    const choice = withRootIndexes(bench, withInnerIndexes(bench, { evaluation: present, indexes: [] }))
    const { evaluation, indexes } = choice
    return {
      statement: statements.page,
      plan: planner.plan(statements.page, planner.indexes),
      reads: present.reads,
      scansInside: present.scans.length > 0,
      words: planInWords(evaluated, present, tables),
      indexes: indexes.map((candidate) => suggested(schema, candidate)),
      after: indexes.length === 0 ? [] : planInWords(evaluated, evaluation, tables),
      obstacles: [...obstaclesOf(query, evaluation), ...uniqueHint(bench, schema, choice)],
    }
  })
}

interface AdviceBench extends Bench {
  readonly tables: ReadonlyMap<string, ReadonlySet<Collection>>
}

interface Choice {
  readonly evaluation: Evaluation
  readonly indexes: readonly Candidate[]
}

/** First what is read completely for each document: that costs most. */
function withInnerIndexes(bench: AdviceBench, start: Choice): Choice {
  let choice = start
  for (const { alias } of start.evaluation.scans) {
    for (const collection of bench.tables.get(alias) ?? []) {
      const better = innerCandidates(bench, { alias, collection })
        .map((candidate) => tried(bench, choice, [candidate]))
        .find(({ evaluation }) => evaluation.scans.length < choice.evaluation.scans.length)
      choice = better ?? choice
    }
  }
  return choice
}

function withRootIndexes(bench: Bench, start: Choice): Choice {
  let best = start
  for (const candidates of rootCandidates(bench)) {
    const choice = tried(bench, start, candidates)
    if (isLess(weightOf(choice), weightOf(best))) best = choice
  }
  return best
}

/**
 * A rule that asks for one row, such as a membership, keeps the order of what is found if SQLite knows that there is one. Whether there can be more
 * is not for us to say, so this is a hint.
 */
function uniqueHint(bench: AdviceBench, schema: Schema, { evaluation, indexes }: Choice): readonly string[] {
  const outer = evaluation.page.accesses.find((access) => access.isSearch && isOuter(access, evaluation))
  const [collection] = outer === undefined ? [] : (bench.tables.get(outer.alias) ?? [])
  if (outer === undefined || collection === undefined || evaluation.reads === 'page') return []
  const fields = [...collection.fields.values()].filter(({ column }) => outer.equal.includes(column))
  const inner = indexes.filter((candidate) => candidate.collection !== bench.list.query.collection)
  const unique: Candidate = { collection, fields, unique: true }
  const better = withRootIndexes(bench, tried(bench, { evaluation, indexes: inner }, [unique]))
  if (better.evaluation.reads !== 'page') return []
  const names = fields.map(({ name }) => name).join(' and ')
  const more = better.indexes.filter((candidate) => !inner.includes(candidate) && candidate !== unique)
  const lines = more.map((candidate) => suggested(schema, candidate)).map(({ place, line }) => `${place}: ${line}`)
  const beside = lines.length === 0 ? '' : `, with ${lines.join(' and ')}`
  return [
    `If ${collection.name} can hold only one document with the same ${names}, make an index on these fields unique (unique: true)${beside}: then no more than the page is read.`,
  ]
}

/** Of indexes that do the same, those with the fewest columns. */
function weightOf({ evaluation, indexes }: Choice): readonly number[] {
  return [...evaluation.score, indexes.reduce((sum, { fields }) => sum + fields.length, 0)]
}

function tried({ list, planner }: Bench, { indexes }: Choice, more: readonly Candidate[]): Choice {
  const all = [...indexes, ...more]
  return { evaluation: evaluate(list, planner, [...planner.indexes, ...candidateSql(all)]), indexes: all }
}
