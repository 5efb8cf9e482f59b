import type { Sql } from '@koyalite/contracts'
import type { Collection, Field } from '@koyalite/schema'
import type { ReadAccess } from '../access/read-access'
import type { DeferredSql } from './deferred-sql'
import { readColumn } from './json-column'
import { columnOf, constant, sql } from './sql-fragment'

/** The value of a field in the row at `alias`, or NULL where the actor may not read it. */
export function readableColumn(collection: Collection, field: Field, access: ReadAccess, alias: string): DeferredSql {
  const column = readColumn(field, comparedColumn(alias, field))
  const rule = access.field(collection, field)
  switch (rule.kind) {
    case 'all':
      return column
    case 'none':
      return constant('NULL')
    case 'where':
      return sql`CASE WHEN ${rule.sql(alias)} THEN ${column} END`
  }
}

/** A column for comparisons and orders: text is compared by code points, whatever the table says. */
export function comparedColumn(alias: string, field: Field): Sql {
  const column = columnOf(alias, field.column)
  return field.collated ? constant(`${column.text}${EXACTLY}`) : column
}

const EXACTLY = ' COLLATE BINARY'

/** Compares a column by an operator that is true of equal values only: where the column compares in its own way, an index of that way finds the rows first. */
export function equality(column: Sql, operator: Sql): Sql
export function equality(column: DeferredSql, operator: DeferredSql): DeferredSql
export function equality(column: DeferredSql, operator: DeferredSql): DeferredSql {
  if (!column.text.endsWith(EXACTLY)) return sql`${column} ${operator}`
  const own = { text: column.text.slice(0, -EXACTLY.length), params: column.params }
  return sql`(${own} ${operator} AND ${column} ${operator})`
}

/** The conditions under which the actor may read the row at `alias`: none where every row is open. */
export function rowConditions(collection: Collection, access: ReadAccess, alias: string): readonly DeferredSql[] {
  const rule = access.rows(collection)
  const keyed = collection.untyped ? [hasKey(collection, alias)] : []
  switch (rule.kind) {
    case 'all':
      return keyed
    case 'none':
      return [constant('0')]
    case 'where':
      return [...keyed, sql`(${rule.sql(alias)})`]
  }
}

/** SQLite lets keys be null, or blobs: such a row has no address, and is not a document. The plus keeps the planner from taking this for a range. */
function hasKey({ primaryKey }: Collection, alias: string): Sql {
  return sql`+${columnOf(alias, primaryKey.column)} < x''`
}
