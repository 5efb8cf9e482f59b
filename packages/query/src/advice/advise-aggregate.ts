import type { Planner, QueryAdvice, Sql } from '@koyalite/contracts'
import type { Field } from '@koyalite/schema'
import type { AggregateQuery } from '../aggregate/aggregate-query'
import { compileAggregate } from '../aggregate/compile-aggregate'
import type { FieldPath } from '../filter/field-path'
import { LIST_ROOT, matchingConditions } from '../list/compile-list'
import type { AdviceOptions } from './advise-list'
import { type Candidate, candidateSql, isCandidate, suggested } from './candidate'
import { candidatesOf, innerCandidates, type Tried, usableFields } from './candidate-indexes'
import { isLess } from './evaluate-plans'
import { type AdvisedList, fieldsNamed, isUnreadable, tablesOf } from './list-statements'
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
  const statements = { page, document: page, total: null, tested }
  const tables = tablesOf(aggregate, statements)
  const names = new Set([...tables.values()].flatMap((collections) => [...collections].map(({ table }) => table)))
  const isRead = (alias: string) => [...(tables.get(alias) ?? [])].some((one) => !isUnreadable(aggregate, alias, one))
  return planFor([...names], (planner) => {
    const parts: Parts = { query, page, tested, isRead, planner }
    let best: Choice = { evaluation: evaluate(parts, []), indexes: [] }
    const present = best.evaluation
    const bench: Tried = { list: { statements }, planner }
    for (const { alias } of present.scans) {
      for (const inner of tables.get(alias) ?? []) {
        const better = innerCandidates(bench, { alias, collection: inner })
          .map((candidate) => tried(parts, best, candidate))
          .find(({ evaluation }) => evaluation.scans.length < best.evaluation.scans.length)
        best = better ?? best
      }
    }
    const start = best
    for (const candidate of aggregateCandidates(bench, query, [...tested])) {
      const choice = tried(parts, start, candidate)
      if (isLess(weightOf(choice), weightOf(best))) best = choice
    }
    const { evaluation, indexes } = best
    return {
      plan: inWords(parts, present),
      indexes: indexes.map((candidate) => suggested(schema, candidate)),
      obstacles: evaluation.isSearch ? [] : [NO_FILTER],
    }
  })
}

const NO_FILTER =
  'An aggregate reads all documents that match: a filter by a field that an index begins with leaves fewer of them.'

interface Parts {
  readonly query: AggregateQuery
  readonly page: Sql
  readonly tested: ReadonlySet<Field>
  readonly isRead: (alias: string) => boolean
  readonly planner: Planner
}

interface Evaluation {
  readonly plan: ReadPlan
  readonly root: TableAccess | undefined
  readonly scans: readonly TableAccess[]
  readonly isSearch: boolean
  readonly score: readonly number[]
}

interface Choice {
  readonly evaluation: Evaluation
  readonly indexes: readonly Candidate[]
}

function tried(parts: Parts, { indexes }: Choice, candidate: Candidate): Choice {
  const all = [...indexes, candidate]
  return { evaluation: evaluate(parts, candidateSql(all)), indexes: all }
}

function evaluate({ page, tested, isRead, planner }: Parts, candidates: readonly string[]): Evaluation {
  const plan = readPlan(planner.plan(page, [...planner.indexes, ...candidates]))
  const roots = plan.accesses.filter(({ alias }) => alias === LIST_ROOT)
  const scans = plan.accesses.filter(({ alias, isSearch }) => alias !== LIST_ROOT && !isSearch && isRead(alias))
  const told = new Set(roots.flatMap(({ equal, ranges }) => [...equal, ...ranges]))
  const untold = [...tested].filter(({ column }) => !told.has(column)).length
  const isSearch = roots.length > 0 && roots.every((root) => root.isSearch)
  const isCovered = roots.every((root) => root.isCovering)
  const score = [
    scans.length,
    Number(!isSearch && tested.size > 0),
    untold,
    Number(!isCovered),
    Number(plan.sortsGroups),
  ]
  return { plan, root: roots[0], scans, isSearch, score }
}

function weightOf({ evaluation, indexes }: Choice): readonly number[] {
  return [...evaluation.score, indexes.reduce((sum, { fields }) => sum + fields.length, 0)]
}

/** First what is compared with a value, then the groups in their order, then what is computed: the whole of it needs no row. */
function aggregateCandidates(bench: Tried, query: AggregateQuery, tested: readonly Field[]): readonly Candidate[] {
  const { collection, keys, values } = query
  const { equal, ranges } = usableFields(bench, { alias: LIST_ROOT, collection, fields: tested })
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

function inWords({ query }: Parts, { root, scans, isSearch, plan }: Evaluation): readonly string[] {
  const { name } = query.collection
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
