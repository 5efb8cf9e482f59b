import type { Planner, PlanStep, Sql, SuggestedIndex } from '@koyalite/contracts'
import type { Schema } from '@koyalite/schema'
import { type Candidate, suggested } from './candidate'
import { type PlannedList, rootCandidates } from './candidate-indexes'
import { type Choice, type Chooser, withBestOf, withIndexes, withInnerIndexes } from './choose-indexes'
import { type EvaluatedList, type Evaluation, evaluate, isOuter, type ListReads } from './evaluate-plans'
import { type AdvisedList, isUnreadable, listStatements, tableNames, tablesOf } from './list-statements'
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
  const isRead = (alias: string) =>
    [...(tables.get(alias) ?? [])].some((collection) => !isUnreadable(list, alias, collection))
  const evaluated: EvaluatedList = { query, statements, isRead }
  return planFor(tableNames(tables), (planner) => {
    const chooser: ListChooser = {
      planned: { query, statements, planner, wasSlow },
      tables,
      evaluate: (indexes) => evaluate(evaluated, planner, indexes),
    }
    const start = withIndexes(chooser, { indexes: [] }, [])
    const present = start.evaluation
    const choice = withBestOf(chooser, withInnerIndexes(chooser, start), rootCandidates(chooser.planned))
    const { evaluation, indexes } = choice
    return {
      statement: statements.page,
      plan: planner.plan(statements.page, planner.indexes),
      reads: present.reads,
      scansInside: present.scans.length > 0,
      words: planInWords(evaluated, present, tables),
      indexes: indexes.map((candidate) => suggested(schema, candidate)),
      after: indexes.length === 0 ? [] : planInWords(evaluated, evaluation, tables),
      obstacles: [...obstaclesOf(query, evaluation), ...uniqueHint(chooser, schema, choice)],
    }
  })
}

interface ListChooser extends Chooser<Evaluation> {
  readonly planned: PlannedList
}

/**
 * A rule that asks for one row, such as a membership, keeps the order of what is found if SQLite knows that there is one. Whether there can be more
 * is not for us to say, so this is a hint.
 */
function uniqueHint(
  chooser: ListChooser,
  schema: Schema,
  { evaluation, indexes }: Choice<Evaluation>,
): readonly string[] {
  const { planned, tables } = chooser
  const outer = evaluation.page.accesses.find((access) => access.isSearch && isOuter(access, evaluation))
  const [collection] = outer === undefined ? [] : (tables.get(outer.alias) ?? [])
  if (outer === undefined || collection === undefined || evaluation.reads === 'page') return []
  const fields = [...collection.fields.values()].filter(({ column }) => outer.equal.includes(column))
  const inner = indexes.filter((candidate) => candidate.collection !== planned.query.collection)
  const unique: Candidate = { collection, fields, unique: true }
  const start = withIndexes(chooser, { indexes: inner }, [unique])
  const better = withBestOf(chooser, start, rootCandidates(planned))
  if (better.evaluation.reads !== 'page') return []
  const names = fields.map(({ name }) => name).join(' and ')
  const more = better.indexes.filter((candidate) => !inner.includes(candidate) && candidate !== unique)
  const lines = more.map((candidate) => suggested(schema, candidate)).map(({ place, line }) => `${place}: ${line}`)
  const beside = lines.length === 0 ? '' : `, with ${lines.join(' and ')}`
  return [
    `If ${collection.name} can hold only one document with the same ${names}, make an index on these fields unique (unique: true)${beside}: then no more than the page is read.`,
  ]
}
