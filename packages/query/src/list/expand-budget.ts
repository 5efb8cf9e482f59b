import { AppError, type SqlValue } from '@koyalite/contracts'
import type { Collection } from '@koyalite/schema'
import type { DeferredSql } from '../sql/deferred-sql'
import { columnOf, constant, identifier, join, sql } from '../sql/sql-fragment'
import { LIMITS } from './limits'
import type { Expansion } from './projection'
import { referredConditions, referringKeys, type SqlScope } from './projection-sql'

/** The rows whose expansions are counted, as what stands after FROM; `alias` is that of the documents in it. */
export interface ExpandedRows {
  readonly from: DeferredSql
  readonly alias: string
  readonly collection: Collection
}

/**
 * The JSON of a document, or NULL in every row where all of the rows together would have more expanded documents than a response may
 * have. They are counted first, without making any, and only up to the bound.
 */
export function withinBudget(
  scope: SqlScope,
  document: DeferredSql,
  rows: ExpandedRows,
  expand: readonly Expansion[],
): DeferredSql {
  const bound = LIMITS.expandDocuments
  return within(upTo(bound, countedRows(scope, rows, expand)), bound, document)
}

/**
 * The same for rows whose own documents count too, up to `most`. @returns what the rows select: the JSON, and how many documents they
 * have together; one more than `most` where there are more
 */
export function withinDocuments(
  scope: SqlScope,
  document: DeferredSql,
  rows: ExpandedRows,
  { expand, most }: { readonly expand: readonly Expansion[]; readonly most: number },
): { readonly document: DeferredSql; readonly total: DeferredSql } {
  const total = upTo(most, [sql`SELECT 1 FROM ${rows.from}`, ...countedRows(scope, rows, expand)])
  return { document: within(total, most, document), total }
}

function upTo(most: number, counted: readonly DeferredSql[]): DeferredSql {
  return sql`(SELECT count(*) FROM (${join(counted, ' UNION ALL ')} LIMIT ${constant(String(most + 1))}))`
}

function within(total: DeferredSql, most: number, document: DeferredSql): DeferredSql {
  return sql`CASE WHEN ${total} <= ${constant(String(most))} THEN ${document} END`
}

/** The most documents that expansions can add to this many documents. */
export function mostExpanded(expand: readonly Expansion[], documents: number): number {
  let sum = 0
  for (const { relation, projection } of expand) {
    const most = documents * (relation.kind === 'forward' ? 1 : LIMITS.expandArray)
    sum += most + mostExpanded(projection.expand, most)
  }
  return sum
}

/** The text of a document from a column that `withinBudget` may have made NULL; throws INVALID_REQUEST then. */
export function documentText(value: SqlValue | undefined): string {
  if (typeof value === 'string') return value
  const most = LIMITS.expandDocuments.toLocaleString('en-US')
  throw new AppError(
    'INVALID_REQUEST',
    `'expand' would add more than ${most} documents: lower 'limit', or expand fewer relations.`,
  )
}

/** One row for each document that each expansion shows. */
function countedRows(scope: SqlScope, rows: ExpandedRows, expand: readonly Expansion[]): DeferredSql[] {
  return expand.flatMap(({ relation, projection }) => {
    const { collection } = projection
    const inner = `${rows.alias}_${relation.name}`
    const aliases = { alias: rows.alias, inner }
    // CROSS JOIN keeps SQLite from reordering: the bound is reached soonest from the page outwards.
    const condition =
      relation.kind === 'forward'
        ? referredConditions(scope, relation, rows.collection, aliases)
        : sql`${columnOf(inner, collection.primaryKey.column)} IN (${referringKeys(scope, relation, rows.collection, rows.alias)})`
    const from = sql`${rows.from} CROSS JOIN ${identifier(collection.table)} AS ${identifier(inner)} ON ${condition}`
    return [sql`SELECT 1 FROM ${from}`, ...countedRows(scope, { from, alias: inner, collection }, projection.expand)]
  })
}
