import { expect } from 'bun:test'
import { diffSchemas } from '../migration/diff-schemas'
import { type Migration, parseMigration } from '../migration/migration-file'
import { planMigration } from '../migration/plan-migration'
import { type MigrationFilePlan, planMigrationFile } from '../migration/plan-migration-file'
import type { Schema } from '../model'
import { formatProblem } from '../problems'
import { freshDatabase, preservedObjects, runSteps, schemaOf, structure } from './migration-database'

/** A project with one collection, and what is done to it. */

export type Database = ReturnType<typeof freshDatabase>

export const KEY = 'id: { type: uuid, primary: true }'

export function posts(fields: string, rest = ''): Schema {
  return schemaOf(`version: 1\ncollections: { posts: { fields: { ${KEY}, ${fields} } }${rest} }`)
}

export function migration(...operations: readonly string[]): Migration {
  const text = `version: 1\nname: m\noperations:\n${operations.map((line) => `  - { ${line} }\n`).join('')}`
  const result = parseMigration(text, { file: 'm.yaml' })
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'))
  return result.migration
}

/** Applies a file and what comes by itself, as a project does. */
export function apply(database: Database, from: Schema, to: Schema, file: Migration): MigrationFilePlan {
  const planned = planMigrationFile(file, { from, to, keep: preservedObjects(database) })
  if (!planned.ok) throw new Error(planned.problems.map(formatProblem).join('\n'))
  runSteps(database, planned.plan.steps)
  expect(structure(database)).toEqual(structure(freshDatabase(planned.plan.after)))
  const rest = planMigration(diffSchemas(planned.plan.after, to), planned.plan.after, to, {
    keep: preservedObjects(database),
  })
  runSteps(database, rest)
  expect(structure(database)).toEqual(structure(freshDatabase(to)))
  return planned.plan
}

export function rows(database: Database, sql: string): unknown[] {
  return database.query(sql).values()
}
