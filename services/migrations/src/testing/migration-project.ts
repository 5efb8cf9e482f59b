import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { formatProblem, parseSchema, type Schema } from '@koyalite/schema'
import { type Database, openDatabase } from '@koyalite/sqlite'
import { readMigrationFiles } from '../migration-files'
import type { MigrationsContext } from '../migrations-context'
import { bringUpToDate, type UpToDate } from '../operations/bring-up-to-date'
import { createSnapshots } from '../snapshots'

/** A project's folder with its database, for tests. */
export interface MigrationProject extends AsyncDisposable {
  readonly dir: string
  readonly database: Database
  write(file: string, text: string): void
  context(schema: Schema): Promise<MigrationsContext>
  migrate(schema: Schema): Promise<UpToDate>
  rows(sql: string): unknown[][]
}

export async function openMigrationProject(
  dir = mkdtempSync(join(tmpdir(), 'koyalite-migrations-')),
): Promise<MigrationProject> {
  mkdirSync(join(dir, 'data'), { recursive: true })
  const database = await openDatabase({ path: join(dir, 'data/koyalite.db') })
  const context = async (schema: Schema): Promise<MigrationsContext> => ({
    ...{ database, schema, systemTables: [], files: await readMigrationFiles(dir) },
    snapshots: createSnapshots({ folder: join(dir, 'data/snapshots'), keep: 2 }),
  })
  return {
    dir,
    database,
    write(file, text) {
      mkdirSync(dirname(join(dir, file)), { recursive: true })
      writeFileSync(join(dir, file), text)
    },
    context,
    migrate: async (schema) => bringUpToDate(await context(schema)),
    rows: (text) => database.all({ text, params: [] }),
    async [Symbol.asyncDispose]() {
      await database.close()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** A schema of `posts` and what else is given, as schema.yaml has it. */
export function schemaOf(posts: string, rest = ''): Schema {
  return parseText(
    `version: 1\ncollections:\n  posts:\n    fields: { id: { type: int, primary: true, default: auto }, ${posts} }\n${rest}`,
  )
}

export function parseText(text: string): Schema {
  const parsed = parseSchema(text, { file: 'schema.yaml' })
  if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'))
  return parsed.schema
}
