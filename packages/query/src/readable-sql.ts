import type { Sql } from '@koyalite/contracts'
import type { Collection, Field } from '@koyalite/schema'
import type { ReadAccess } from './read-access'
import { columnOf, constant, sql } from './sql-fragment'

/** The value of a field in the row at `alias`, or NULL where the actor may not read it. */
export function readableColumn(collection: Collection, field: Field, access: ReadAccess, alias: string): Sql {
  const column = columnOf(alias, field.column)
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

/** The conditions under which the actor may read the row at `alias`: none where every row is open. */
export function rowConditions(collection: Collection, access: ReadAccess, alias: string): readonly Sql[] {
  const rule = access.rows(collection)
  switch (rule.kind) {
    case 'all':
      return []
    case 'none':
      return [constant('0')]
    case 'where':
      return [sql`(${rule.sql(alias)})`]
  }
}
