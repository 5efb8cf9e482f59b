import type { DeferredSql } from './cel/deferred-sql'
import { atPath, type FieldPath } from './field-path'
import { jsonPath } from './json-path'
import type { ReadAccess } from './read-access'
import { sql } from './sql-fragment'

/** The SQL value at a path of the row at `alias`; NULL where there is nothing that the actor may read. */
export function pathValue(path: FieldPath, access: ReadAccess, alias: string): DeferredSql {
  return atPath(path, access, alias, (column) =>
    path.json.length === 0 ? column : sql`json_extract(${column}, ${jsonPath(column, path.json)})`,
  )
}
