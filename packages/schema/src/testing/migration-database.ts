import { Database } from 'bun:sqlite'
import { quoteName } from '@koyalite/contracts'
import { createSchemaSql } from '../ddl'
import { checkFailure, type MigrationStep, type PreservedObject } from '../migration/migration-step'
import { storedValueFailure } from '../migration/stored-values'
import type { Collection, Field, Schema } from '../model'
import { parseSchema } from '../parse-schema'
import { formatProblem } from '../problems'

/** Real databases for the tests of this folder. */

export function schemaOf(text: string): Schema {
  const result = parseSchema(text, { file: 's' })
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'))
  return result.schema
}

export function freshDatabase(schema: Schema): Database {
  const database = new Database(':memory:')
  database.run('PRAGMA foreign_keys = ON')
  for (const statement of createSchemaSql(schema)) database.run(statement)
  return database
}

/** Runs a plan as MigrationStep says it must be run; throws, with everything as before, if it fails. */
export function runSteps(database: Database, steps: readonly MigrationStep[]): void {
  database.run('PRAGMA foreign_keys = OFF')
  database.run('BEGIN IMMEDIATE')
  try {
    runAll(database, steps)
    const broken = database.query('PRAGMA foreign_key_check').values()
    if (broken.length > 0) throw new Error(`references to nothing: ${JSON.stringify(broken)}`)
    database.run('COMMIT')
  } catch (error) {
    database.run('ROLLBACK')
    database.run('PRAGMA legacy_alter_table = OFF')
    throw error
  } finally {
    database.run('PRAGMA foreign_keys = ON')
  }
}

function runAll(database: Database, steps: readonly MigrationStep[]): void {
  for (const step of steps) {
    const problem = failureOf(database, step)
    if (problem !== undefined) throw new Error(problem)
  }
}

function failureOf(database: Database, step: MigrationStep): string | undefined {
  switch (step.kind) {
    case 'sql':
      database.run(step.text)
      return undefined
    case 'late':
      runAll(database, step.plan(preservedObjects(database)))
      return undefined
    case 'values':
      return storedValueFailure(step, ({ text, params }) => database.query(text).values(...params))
    case 'check': {
      const rows = database.query(step.text).values()
      return rows.length === 0 ? undefined : checkFailure(step, rows)
    }
  }
}

export function preservedObjects(database: Database): readonly PreservedObject[] {
  return database
    .query(
      "SELECT type, name, tbl_name AS 'table', sql FROM sqlite_schema WHERE type IN ('table', 'trigger', 'index') AND sql IS NOT NULL",
    )
    .all() as PreservedObject[]
}

/** Everything about the tables that matters; not the order of columns, which says nothing to anybody. */
export function structure(database: Database): unknown {
  const rows = (sql: string) => database.query(sql).all() as Record<string, unknown>[]
  const text = (value: string) => `'${value.replaceAll("'", "''")}'`
  const tables = rows(
    "SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite_%' ORDER BY name",
  )
  return tables.map(({ name, strict }) => {
    const table = text(String(name))
    return {
      ...{ name, strict },
      columns: rows(`SELECT name, type, "notnull", dflt_value, pk FROM pragma_table_xinfo(${table}) ORDER BY name`),
      references: rows(
        `SELECT "from", "table", "to", on_delete FROM pragma_foreign_key_list(${table}) ORDER BY "from"`,
      ),
      counted: rows(`SELECT sql LIKE '%AUTOINCREMENT%' AS yes FROM sqlite_schema WHERE name = ${table}`),
      indexes: rows(`SELECT name, "unique" FROM pragma_index_list(${table}) WHERE origin = 'c' ORDER BY name`).map(
        (index) => ({
          ...index,
          columns: rows(`SELECT name, "desc" FROM pragma_index_xinfo(${text(String(index.name))}) WHERE key = 1`),
        }),
      ),
    }
  })
}

/** Puts a few documents into every collection, as far as its constraints allow. */
export function populate(database: Database, schema: Schema, round: number): void {
  for (const collection of schema.collections.values()) {
    for (let i = 0; i < 3; i++) {
      const fields = [...collection.fields.values()]
      const columns = fields.map((field) => quoteName(field.column)).join(', ')
      const values = fields.map((field) => sampleValue(database, schema, field, round * 10 + i))
      const sql = `INSERT OR IGNORE INTO ${quoteName(collection.table)} (${columns}) VALUES (${values.map(() => '?').join(', ')})`
      try {
        database.query(sql).run(...values)
      } catch {
        // A reference that could not be satisfied: the document is left out.
      }
    }
  }
}

/** All documents, by collection and key, with the stored values of their fields. */
export function documents(
  database: Database,
  schema: Schema,
): ReadonlyMap<string, ReadonlyMap<string, Readonly<Record<string, unknown>>>> {
  return new Map(
    [...schema.collections.values()].map((collection) => [collection.name, documentsOf(database, collection)]),
  )
}

function documentsOf(
  database: Database,
  collection: Collection,
): ReadonlyMap<string, Readonly<Record<string, unknown>>> {
  const rows = database.query(`SELECT * FROM ${quoteName(collection.table)}`).all() as Record<string, unknown>[]
  return new Map(
    rows.map((row) => {
      const values = [...collection.fields.values()].map((field) => [field.name, row[field.column]])
      return [String(row[collection.primaryKey.column]), Object.fromEntries(values)]
    }),
  )
}

function sampleValue(database: Database, schema: Schema, field: Field, n: number): string | number | null | Uint8Array {
  const target = field.references && schema.collections.get(field.references.collection)
  if (target) {
    const sql = `SELECT ${quoteName(target.primaryKey.column)} AS key FROM ${quoteName(target.table)} LIMIT 1 OFFSET ${n % 3}`
    const row = database.query(sql).get() as { key: string | number } | null
    return row ? row.key : null
  }
  if (field.nullable && n % 4 === 1) return null
  if (field.validation.enum) return field.validation.enum[n % field.validation.enum.length] ?? null
  switch (field.type) {
    case 'uuid':
      return `0190163d-8694-739b-aea5-${String(n).padStart(12, '0')}`
    case 'string':
    case 'text':
      return `it's ${n}`
    case 'int':
    case 'float':
      return n
    case 'bool':
      return n % 2
    case 'timestamp':
      return new Date(n * 1000).toISOString()
    case 'date':
      return new Date(n * 86_400_000).toISOString().slice(0, 10)
    case 'json':
      return JSON.stringify({ n })
    case 'blob':
      return new Uint8Array([n])
  }
}
