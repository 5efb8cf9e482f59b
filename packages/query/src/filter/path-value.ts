import type { ReadAccess } from '../access/read-access'
import type { DeferredSql } from '../sql/deferred-sql'
import { jsonPath } from '../sql/json-path'
import { sql } from '../sql/sql-fragment'
import { atPath, type FieldPath } from './field-path'

/** The SQL value at a path of the row at `alias`; NULL where there is nothing that the actor may read. */
export function pathValue(path: FieldPath, access: ReadAccess, alias: string): DeferredSql {
  return atPath(path, access, alias, (column) =>
    path.json.length === 0 ? column : sql`json_extract(${column}, ${jsonPath(column, path.json)})`,
  )
}
