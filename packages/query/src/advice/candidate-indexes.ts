import type { Planner } from '@koyalite/contracts'
import type { Collection, Field } from '@koyalite/schema'
import { LIST_ROOT } from '../list/compile-list'
import type { ListQuery } from '../list/list-query'
import { type Candidate, candidateName, candidateSql } from './candidate'
import { fieldsOf } from './condition-fields'
import { hasFewValues } from './evaluate-plans'
import { fieldsNamed, type ListStatements } from './list-statements'
import { readPlan } from './read-plan'

/** Statements, and what plans them with other indexes. */
export interface PlannedStatements {
  readonly statements: ListStatements
  readonly planner: Planner
}

export interface PlannedList extends PlannedStatements {
  readonly query: ListQuery
  /** The list took long. */
  readonly wasSlow: boolean
}

/** Fields that are tried; a statement hardly ever names more. */
const MAX_FIELDS = 30
/** Columns of one index. */
const MAX_COLUMNS = 6
/** Alternatives of an OR that have an index each. */
const MAX_UNION = 6

/** Indexes that may find the rows of a table inside of a list's statements, the most precise first. */
export function innerCandidates(
  planned: PlannedStatements,
  { alias, collection }: { readonly alias: string; readonly collection: Collection },
): readonly Candidate[] {
  const { page, document } = planned.statements
  const text = [page, document].map((statement) => statement.text).join(' ')
  const { equal, ranges } = usableFields(planned, {
    alias,
    collection,
    fields: fieldsNamed(collection, alias, text),
  })
  const lists = [...ranges.map((range) => [...equal, range]), equal, ...equal.map((field) => [field])]
  return candidatesOf(collection, lists)
}

/** Sets of indexes that may find the page of a list. */
export function rootCandidates(planned: PlannedList): readonly (readonly Candidate[])[] {
  const { query, statements } = planned
  const { collection } = query
  const fields = [...statements.tested]
  const { equal, ranges } = usableFields(planned, { alias: LIST_ROOT, collection, fields })
  const order = orderFields(query)
  const ownOrder = order.filter((field) => field !== collection.primaryKey)
  const lists = [
    [...equal, ...ownOrder],
    [...equal, ...order],
    ...ranges.map((range) => [...equal, range]),
    equal,
    ownOrder,
    order,
  ]
  return [...candidatesOf(collection, lists).map((one) => [one]), ...unions(planned)]
}

interface CandidateFields {
  readonly alias: string
  readonly collection: Collection
  readonly fields: readonly Field[]
}

interface UsableFields {
  readonly equal: readonly Field[]
  readonly ranges: readonly Field[]
}

/** By which fields an index can be searched: each is tried alone, where the table has no other index. */
export function usableFields(
  { statements, planner }: PlannedStatements,
  { alias, collection, fields }: CandidateFields,
): UsableFields {
  const equal: Field[] = []
  const ranges: Field[] = []
  for (const field of fields.filter(isIndexable).slice(0, MAX_FIELDS)) {
    const indexes = candidateSql([{ collection, fields: [field] }])
    const accesses = [statements.page, statements.document]
      .flatMap((statement) => readPlan(planner.plan(statement, indexes)).accesses)
      .filter((access) => access.alias === alias && access.index === candidateName(0))
    if (accesses.some((access) => access.equal.includes(field.column))) equal.push(field)
    else if (accesses.some((access) => access.ranges.includes(field.column))) ranges.push(field)
  }
  return { equal, ranges }
}

/** The fields that documents are sorted by, as far as one index has their order. */
function orderFields({ sort, collection }: ListQuery): readonly Field[] {
  const [first] = sort
  const end = sort.findIndex(
    ({ path, descending }) =>
      path.references.length > 0 || path.json.length > 0 || path.field.collated || descending !== first?.descending,
  )
  const fields = (end === -1 ? sort : sort.slice(0, end)).map(({ path }) => path.field)
  return fields.filter((field) => isIndexable(field) && collection.fields.get(field.name) === field)
}

/**
 * Indexes for the alternatives of an OR, if the planner searches them all. What they find is then sorted. So only alternatives of the request are taken, by
 * fields that have many values: where rules let most documents through, reading in order until the page is full is less work, unless it has proved slow.
 */
function unions(planned: PlannedList): readonly (readonly Candidate[])[] {
  const { query, statements } = planned
  const asked = new Set(fieldsOf(query.condition))
  const ofRequest = [...statements.tested].filter((field) => asked.has(field.name) && !hasFewValues(field))
  return [ofRequest, ...(planned.wasSlow ? [[...statements.tested]] : [])]
    .map((fields) => unionOf(planned, fields.filter(isIndexable)))
    .filter((union) => union.length > 0)
}

function unionOf({ query, statements, planner }: PlannedList, fields: readonly Field[]): readonly Candidate[] {
  const { collection } = query
  if (fields.length < 2 || fields.length > MAX_UNION) return []
  const each = fields.map((field): Candidate => ({ collection, fields: [field] }))
  const { isUnion, accesses } = readPlan(planner.plan(statements.page, candidateSql(each)))
  return isUnion ? each.filter((_, number) => accesses.some(({ index }) => index === candidateName(number))) : []
}

export function candidatesOf(collection: Collection, lists: readonly (readonly Field[])[]): readonly Candidate[] {
  const distinct = lists
    .map((fields) => [...new Set(fields)].slice(0, MAX_COLUMNS))
    .filter((fields) => fields.length > 0)
  return [...new Map(distinct.map((fields) => [fields.map(({ name }) => name).join(), fields])).values()]
    .filter(([first]) => first !== collection.primaryKey)
    .map((fields) => ({ collection, fields }))
}

function isIndexable({ type }: Field): boolean {
  return type !== 'json' && type !== 'blob'
}
