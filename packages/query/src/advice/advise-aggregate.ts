import type { QueryAdvice } from '@koyalite/contracts'
import type { Field } from '@koyalite/schema'
import type { AggregateQuery } from '../aggregate/aggregate-query'
import { compileAggregate } from '../aggregate/compile-aggregate'
import type { FieldPath } from '../filter/field-path'
import { LIST_ROOT, matchingConditions } from '../list/compile-list'
import type { AdviceOptions } from './advise-list'
import { type Candidate, isCandidate, suggested } from './candidate'
import { candidatesOf, type PlannedStatements, usableFields } from './candidate-indexes'
import { type Chooser, type Scored, withBestOf, withIndexes, withInnerIndexes } from './choose-indexes'
import type { EvaluatedList } from './evaluate-plans'
import {
  type AdvisedList,
  fieldsNamed,
  isUnreadable,
  type ListStatements,
  tableNames,
  tablesOf,
} from './list-statements'
import { type ReadPlan, readPlan, type TableAccess } from './read-plan'

export interface AdvisedAggregate extends Omit<AdvisedList, 'query'> {
  readonly query: AggregateQuery
}

/**
 * What makes an aggregate read less: an index that finds the documents, has them in the order of the groups, or all that is read of them.
 * As with lists, only what SQLite's planner uses is advised.
 */
export function adviseAggregate(aggregate: AdvisedAggregate, { planFor }: Omit<AdviceOptions, 'wasSlow'>): QueryAdvice {
  const { schema, query, access, bind } = aggregate
  const { collection } = query
  const page = bind(compileAggregate(query, access))
  const conditions = matchingConditions(query, access).map(({ text }) => text)
  const tested = new Set(fieldsNamed(collection, LIST_ROOT, conditions.join(' ')))
  const statements: ListStatements = { page, document: page, total: null, tested }
  const tables = tablesOf(aggregate, statements)
  const isRead = (alias: string) => [...(tables.get(alias) ?? [])].some((one) => !isUnreadable(aggregate, alias, one))
  return planFor(tableNames(tables), (planner) => {
    const chooser: Chooser<Evaluation> = {
      planned: { statements, planner },
      tables,
      evaluate: (indexes) => evaluate({ statements, isRead }, readPlan(planner.plan(page, indexes))),
    }
    const present = withIndexes(chooser, { indexes: [] }, [])
    const candidates = aggregateCandidates(chooser.planned, query).map((candidate) => [candidate])
    const { evaluation, indexes } = withBestOf(chooser, withInnerIndexes(chooser, present), candidates)
    return {
      plan: inWords(query, present.evaluation),
      sql: page.text,
      indexes: indexes.map((candidate) => suggested(schema, candidate)),
      obstacles: evaluation.isSearch ? [] : [NO_FILTER],
    }
  })
}

const NO_FILTER =
  'An aggregate reads all documents that match: a filter by a field that an index begins with leaves fewer of them.'

interface Evaluation extends Scored {
  readonly plan: ReadPlan
  readonly root: TableAccess | undefined
  readonly isSearch: boolean
}

function evaluate({ statements: { tested }, isRead }: Omit<EvaluatedList, 'query'>, plan: ReadPlan): Evaluation {
  const roots = plan.accesses.filter(({ alias }) => alias === LIST_ROOT)
  const scans = plan.accesses.filter(({ alias, isSearch }) => alias !== LIST_ROOT && !isSearch && isRead(alias))
  const searched = new Set(roots.flatMap(({ equal, ranges }) => [...equal, ...ranges]))
  const unsearched = [...tested].filter(({ column }) => !searched.has(column)).length
  const isSearch = roots.length > 0 && roots.every((root) => root.isSearch)
  const isCovered = roots.every((root) => root.isCovering)
  const score = [
    scans.length,
    Number(!isSearch && tested.size > 0),
    unsearched,
    Number(!isCovered),
    Number(plan.sortsGroups),
  ]
  return { plan, root: roots[0], scans, isSearch, score }
}

/** First what is compared with a value, then the groups in their order, then what is computed: the whole of it needs no row. */
function aggregateCandidates(planned: PlannedStatements, query: AggregateQuery): readonly Candidate[] {
  const tested = [...planned.statements.tested]
  const { collection, keys, values } = query
  const { equal, ranges } = usableFields(planned, { alias: LIST_ROOT, collection, fields: tested })
  const groups = keys.flatMap(({ path }) => ownField(path))
  const computed = values.flatMap(({ path }) => (path === null ? [] : ownField(path)))
  const rest = tested.filter((field) => !equal.includes(field))
  return candidatesOf(collection, [
    [...equal, ...groups, ...computed, ...rest],
    [...equal, ...groups, ...computed],
    [...equal, ...groups],
    ...ranges.map((range) => [...equal, range, ...groups, ...computed]),
    ...ranges.map((range) => [...equal, range]),
    equal,
  ])
}

function ownField({ references, json, field }: FieldPath): readonly Field[] {
  if (references.length > 0) return [references[0]?.field ?? field]
  return json.length === 0 && field.type !== 'json' && field.type !== 'blob' ? [field] : []
}

function inWords(
  { collection: { name } }: AggregateQuery,
  { root, scans, isSearch, plan }: Evaluation,
): readonly string[] {
  const index = root?.index ?? null
  const how =
    index === null || index.startsWith('sqlite_autoindex_') || isCandidate(index) ? 'the key' : `the index ${index}`
  const grouped = plan.sortsGroups ? ', sorted by their groups,' : ''
  return [
    isSearch
      ? `All documents of ${name} that ${how} finds are read${grouped} and grouped.`
      : `All documents of ${name} are read${grouped} and grouped${root?.isCovering ? `, from ${how} alone` : ''}.`,
    ...(scans.length === 0 ? [] : ['For each document, another collection is read completely.']),
  ]
}
