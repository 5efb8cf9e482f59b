import { type Schema, serializeSchema } from '@koyalite/schema'
import type { Database } from '@koyalite/sqlite'

/** Another text whenever the schema, or the structure of the tables, has been another one meanwhile. The same in all processes. */
export function schemaPrint(database: Database, schema: Schema): string {
  const [version] = database.get({ text: 'PRAGMA schema_version', params: [] }) ?? []
  return `${version} ${serializeSchema(schema)}`
}
