import type { Planner } from '@koyalite/contracts'
import type { Collection, Field } from '@koyalite/schema'
import { LIST_ROOT } from '../list/compile-list'
import type { ListQuery } from '../list/list-query'
import type { Scored } from './choose-indexes'
import type { ListStatements } from './list-statements'
import { type ReadPlan, readPlan, type TableAccess } from './read-plan'

/**
 * What a list reads to find a page: `page` no more than that; `until_full` documents in the order asked for, until enough match;
 * `matches` all that match, or more; `everything` the whole collection.
 */
export type ListReads = 'page' | 'until_full' | 'matches' | 'everything'

/** The plans of a list, with some set of indexes. */
export interface Evaluation extends Scored {
  readonly page: ReadPlan
  /** How the documents of the collection are found: in several ways where an OR is a union. */
  readonly root: readonly TableAccess[]
  readonly reads: ListReads
  /** Fields that are tested of each document that is read, because no index has been searched for them. */
  readonly unsearched: readonly Field[]
}

export interface EvaluatedList {
  readonly query: ListQuery
  readonly statements: ListStatements
  /** Whether an alias is that of a table whose documents may be read. */
  readonly isRead: (alias: string) => boolean
}

export function evaluate(list: EvaluatedList, planner: Planner, indexes: readonly string[]): Evaluation {
  const { query, statements } = list
  const page = readPlan(planner.plan(statements.page, indexes))
  const others = [statements.total, statements.document].filter((statement) => statement !== null)
  const plans = [page, ...others.map((statement) => readPlan(planner.plan(statement, indexes)))]
  const root = page.accesses.filter(({ alias }) => alias === LIST_ROOT)
  const scans = plans
    .flatMap(({ accesses }) => accesses)
    .filter(({ alias, isSearch }) => alias !== LIST_ROOT && !isSearch && list.isRead(alias))
  const searched = new Set(root.flatMap((access) => searchedColumns(query.collection, access)))
  const unsearched = [...statements.tested].filter(({ column }) => !searched.has(column))
  const isSearch = root.every((access) => access.isSearch)
  const isOrdered = page.sortedKeys === 0 || hasFewTies(query, page.sortedKeys)
  const found = {
    isSearch,
    isOrdered,
    isUnion: page.isUnion,
    isTested: statements.tested.size > 0,
    unsearched: unsearched.length,
  }
  const rank = rankOf(found)
  return { page, root, reads: READS[rank], unsearched, scans, score: [scans.length, rank, unsearched.length] }
}

/** Whether a table is read before the collection that is listed: an EXISTS of a rule that SQLite turns around. */
export function isOuter(access: TableAccess, { page, root }: Evaluation): boolean {
  const [first] = root
  const at = page.accesses.indexOf(access)
  return at !== -1 && first !== undefined && at < page.accesses.indexOf(first)
}

interface Found {
  readonly isSearch: boolean
  readonly isOrdered: boolean
  readonly isUnion: boolean
  /** Whether not all documents match. */
  readonly isTested: boolean
  readonly unsearched: number
}

const READS = ['page', 'until_full', 'matches', 'until_full', 'everything'] as const

function rankOf({ isSearch, isOrdered, isUnion, isTested, unsearched }: Found): 0 | 1 | 2 | 3 | 4 {
  if (!isTested) return isOrdered ? 0 : 4
  if (isUnion || (isSearch && !isOrdered)) return 2
  if (isSearch) return unsearched === 0 ? 0 : 1
  return isOrdered ? 3 : 4
}

function searchedColumns(collection: Collection, { equal, ranges }: TableAccess): readonly string[] {
  return [...equal, ...ranges].map((column) => (column === 'rowid' ? collection.primaryKey.column : column))
}

/** Sorting those with the same first keys is little work, unless these keys have few values. */
function hasFewTies({ sort }: ListQuery, sortedKeys: number): boolean {
  return sort.slice(0, Math.max(0, sort.length - sortedKeys)).some(({ path: { field } }) => !hasFewValues(field))
}

export function hasFewValues({ type, validation }: Field): boolean {
  return type === 'bool' || validation.enum !== undefined
}
