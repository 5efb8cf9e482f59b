import type { Schema } from '@koyalite/schema'
import type { Database } from '@koyalite/sqlite'
import type { MigrationProject } from './migration-project'
import { openMigrationProject } from './migration-project'

/** Everything about the tables of a database that matters: columns in any order, references, indexes, triggers. */
export function structureOf(database: Database): unknown {
  const all = (text: string, ...params: string[]) => database.all({ text, params })
  const tables = all(`SELECT "name" FROM sqlite_schema WHERE "type" = 'table' ORDER BY "name"`).map(([name]) =>
    String(name),
  )
  return {
    tables: tables.map((table) => ({
      table,
      columns: all('SELECT name, type, "notnull", dflt_value, pk FROM pragma_table_xinfo(?) ORDER BY name', table),
      references: all('SELECT "from", "table", "to", on_delete FROM pragma_foreign_key_list(?) ORDER BY "from"', table),
    })),
    indexes: all(
      `SELECT "name", "sql" FROM sqlite_schema WHERE "type" = 'index' AND "sql" IS NOT NULL ORDER BY "name"`,
    ),
    triggers: all(`SELECT "name", "tbl_name" FROM sqlite_schema WHERE "type" = 'trigger' ORDER BY "name"`),
  }
}

/** The structure that a new project of this schema has. */
export async function freshStructure(schema: Schema): Promise<unknown> {
  await using project: MigrationProject = await openMigrationProject()
  await project.migrate(schema)
  return structureOf(project.database)
}
