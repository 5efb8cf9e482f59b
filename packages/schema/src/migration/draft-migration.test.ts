import { expect, test } from 'bun:test'
import fc from 'fast-check'
import type { Schema } from '../model'
import { printSchema } from '../print-schema'
import { formatProblem } from '../problems'
import { anyEdit } from '../testing/edit-arbitrary'
import { documents, freshDatabase, populate, runSteps, schemaOf, structure } from '../testing/migration-database'
import { apply, type Database, posts, rows } from '../testing/migration-project'
import { arbitrarySchema } from '../testing/schema-arbitrary'
import { diffSchemas } from './diff-schemas'
import { draftMigration } from './draft-migration'
import { type Migration, parseMigration } from './migration-file'
import { planMigrationFile } from './plan-migration-file'
import { planRollback } from './plan-rollback'
import { renameCollection, renameField } from './schema-edits'

function draft(from: Schema, to: Schema, answer?: 'rename' | 'drop'): string {
  return draftMigration({ from, to, version: 1, name: 'draft', ...(answer && { answer: () => answer }) })
}

function parsed(text: string): Migration {
  const result = parseMigration(text, { file: 'm.yaml' })
  if (!result.ok) throw new Error(`${result.problems.map(formatProblem).join('\n')}\n${text}`)
  return result.migration
}

test('G1: a possible rename is offered, never guessed', () => {
  const [from, to] = [
    posts('name: { type: string }, n: { type: int }'),
    posts('title: { type: string, maxLength: 9 }, n: { type: int }'),
  ]
  const open = draft(from, to)
  expect(open).toBe(`version: 1
name: draft
description: draft
operations:
  # posts.name may have been renamed to posts.title. Choose one, and remove the # of its lines:
  # If it was renamed:
  # - { type: rename_field, collection: posts, from: name, to: title }
  # - { type: alter_field, collection: posts, field: title }
  # If it is dropped with its data:
  # - { type: drop_field, collection: posts, field: name }
  # - { type: add_field, collection: posts, field: title, fill: "''" }
`)
  expect(problemsOf(open)).toEqual([
    'm.yaml:5:3 posts.name may have been renamed to posts.title: choose one of the alternatives below and remove the # of its lines, or delete this file',
  ])
  const renamed = parsed(draft(from, to, 'rename'))
  expect(renamed.operations.map(({ type }) => type)).toEqual(['rename_field', 'alter_field'])
  const database = freshDatabase(from)
  database.run("INSERT INTO posts VALUES ('p', 'a', 1)")
  apply(database, from, to, renamed)
  expect(rows(database, 'SELECT title FROM posts')).toEqual([['a']])
})

function problemsOf(text: string): readonly string[] {
  const result = parseMigration(text, { file: 'm.yaml' })
  return result.ok ? [] : result.problems.map(formatProblem)
}

test('G1: either way of an open question is whole once its lines are no comments', () => {
  const [from, to] = [posts('name: { type: string, nullable: true }'), posts('title: { type: string, maxLength: 3 }')]
  const open = draft(from, to)
  for (const [heading, title] of [
    ['# If it was renamed:', 'abc'],
    ['# If it is dropped with its data:', ''],
  ] as const) {
    const at = open.indexOf(heading) + heading.length
    const chosen =
      open.slice(0, at) + open.slice(at).replace(/(?:\n {2}# - .*)+/, (lines) => lines.replaceAll('# ', ''))
    const database = freshDatabase(from)
    database.run("INSERT INTO posts VALUES ('p', 'abc')")
    apply(database, from, to, parsed(chosen))
    expect(rows(database, 'SELECT title FROM posts')).toEqual([[title]])
    expect(structure(database)).toEqual(structure(freshDatabase(to)))
  }
})

test('G1: what keeps its column or its table is a rename, and nobody is asked', () => {
  const never = () => {
    throw new Error('asked')
  }
  const [from, to] = [
    posts('name: { type: string }'),
    posts('title: { type: string, maxLength: 5, column: name }, n: { type: int, nullable: true }'),
  ]
  const renamed = parsed(draftMigration({ from, to, version: 1, name: 'draft', answer: never }))
  expect(renamed.operations).toMatchObject([
    { type: 'rename_field', collection: 'posts', from: 'name', to: 'title' },
    { type: 'alter_field', collection: 'posts', field: 'title' },
  ])
  const database = freshDatabase(from)
  database.run("INSERT INTO posts VALUES ('p', 'abc')")
  apply(database, from, to, renamed)
  expect(rows(database, 'SELECT name, n FROM posts')).toEqual([['abc', null]])
  const moved = schemaOf(printSchema(from).replace('  posts:', '  articles:\n    table: posts'))
  const file = parsed(draftMigration({ from, to: moved, version: 1, name: 'draft', answer: never }))
  expect(file.operations).toMatchObject([{ type: 'rename_collection', from: 'posts', to: 'articles' }])
  const other = freshDatabase(from)
  other.run("INSERT INTO posts VALUES ('p', 'abc')")
  apply(other, from, moved, file)
  expect(rows(other, 'SELECT name FROM posts')).toEqual([['abc']])
})

/** Messages of checks: the plan did not fit the documents, which is a reason to refuse and no fault. */
const REFUSAL = /^[a-z_0-9]+\.[a-z_0-9]+ (has values|cannot be|is required|references)|^index |^references to nothing/

/** Whether the steps ran; if they were refused, nothing has happened. Anything but a refusal is thrown. */
function runs(database: Database, schema: Schema, run: () => void): boolean {
  const [tables, stored] = [structure(database), documents(database, schema)]
  try {
    run()
    return true
  } catch (error) {
    if (!(error instanceof Error) || !REFUSAL.test(error.message)) throw error
    expect(structure(database)).toEqual(tables)
    expect(documents(database, schema)).toEqual(stored)
    return false
  }
}

test('G2: any walk of edits, by drafted files, ends like a fresh database or is refused and leaves all as it was', () => {
  const answer = fc.constantFrom<('rename' | 'drop')[]>('rename', 'drop')
  const walk = fc.tuple(arbitrarySchema, fc.array(anyEdit, { minLength: 1, maxLength: 5 }), answer)
  let applied = 0
  const property = fc.property(walk, ([start, edits, reply]) => {
    let schema = start
    const database = freshDatabase(schema)
    edits.forEach((edit, round) => {
      populate(database, schema, round)
      const before = documents(database, schema)
      const target = edit(schema)
      if (diffSchemas(schema, target).every(({ kind }) => kind === 'additive')) return
      const file = parsed(draft(schema, target, reply))
      const planned = planMigrationFile(file, { from: schema, to: target })
      if (!planned.ok) throw new Error(planned.problems.map(formatProblem).join('\n'))
      if (!runs(database, schema, () => apply(database, schema, target, file))) return
      applied++
      for (const [name, rowsAfter] of documents(database, target)) {
        expect(rowsAfter.size).toBe(before.get(name)?.size ?? rowsAfter.size)
      }
      const { after, reversibility } = planned.plan
      const rollback = planRollback(file, { before: schema, after, current: target })
      expect(rollback.ok).toBe(reversibility.reversible)
      schema = target
      if (!rollback.ok || !runs(database, target, () => runSteps(database, rollback.steps))) return
      expect(structure(database)).toEqual(structure(freshDatabase(rollback.schema)))
      schema = rollback.schema
    })
  })
  fc.assert(property, { numRuns: 40, includeErrorInReport: true })
  expect(applied).toBeGreaterThan(0)
}, 60_000)

/** The schema with one of its fields, or of its collections, under another name. */
function withRename(schema: Schema, nth: number): Schema {
  const own = [...schema.collections.values()].filter(({ name }) => name !== 'users')
  const fields = own.flatMap((collection) => [...collection.fields.values()].map((field) => ({ collection, field })))
  const places = [...own.map((collection) => ({ collection, field: undefined })), ...fields]
  const place = places[nth % Math.max(1, places.length)]
  if (place === undefined) return schema
  const { collection, field } = place
  if (field === undefined) return renameCollection(schema, collection.name, 'renamed')
  return field.primary ? schema : renameField(schema, collection, field, 'renamed')
}

/** The text of a draft with one way of each open question chosen. */
function chosen(text: string, heading: string): string {
  return text.replaceAll(new RegExp(`(?<=${heading}\\n)(?: {2}# - .*\\n)+`, 'g'), (lines) =>
    lines.replaceAll('# - ', '- '),
  )
}

test('G1: an index that becomes unique over a field that may have been renamed comes after the question', () => {
  const indexed = (field: string, unique: boolean) => `
version: 1
collections:
  posts:
    fields: { id: { type: uuid, primary: true }, ${field}: { type: timestamp, default: now }, n: { type: int } }
    indexes: [{ name: both, fields: [${field}, n], unique: ${unique} }]
`
  const [from, to] = [schemaOf(indexed('at', false)), schemaOf(indexed('since', true))]
  const text = draft(from, to)
  expect(text).toEndWith('  - { type: add_index, collection: posts, index: both }\n')
  for (const heading of ['# If it was renamed:', '# If it is dropped with its data:'])
    expect(planMigrationFile(parsed(chosen(text, heading)), { from, to })).toMatchObject({ ok: true })
})

test('G1: a draft with open questions is refused for these only, and can be planned either way', () => {
  const edits = fc.tuple(arbitrarySchema, fc.nat(), fc.array(anyEdit, { maxLength: 3 }))
  let open = 0
  const property = fc.property(edits, ([from, nth, walk]) => {
    const to = walk.reduce((schema, edit) => edit(schema), withRename(from, nth))
    if (diffSchemas(from, to).every(({ kind }) => kind === 'additive')) return
    const text = draft(from, to)
    const problems = problemsOf(text)
    if (problems.length === 0) return
    open++
    for (const problem of problems) expect(problem).toMatch(/may have been renamed to .*: choose one/)
    for (const heading of ['# If it was renamed:', '# If it is dropped with its data:']) {
      const planned = planMigrationFile(parsed(chosen(text, heading)), { from, to })
      if (!planned.ok) throw new Error(`${planned.problems.map(formatProblem).join('\n')}\n${text}`)
      // A collection that was renamed may have fields that were, too: they are asked for next.
      const left = diffSchemas(planned.plan.after, to).filter(({ kind }) => kind === 'destructive')
      expect(left.filter(({ hint }) => !hint)).toEqual([])
    }
  })
  fc.assert(property, { numRuns: 60, includeErrorInReport: true })
  expect(open).toBeGreaterThan(0)
}, 60_000)
