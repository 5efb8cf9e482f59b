import { expect, setDefaultTimeout, test } from 'bun:test'
import { quoteName } from '@koyalite/contracts'
import { formatProblem, parseMigration, type Schema } from '@koyalite/schema'
import { storedValueFailure } from '@koyalite/schema/stored-values'
import fc from 'fast-check'
import type { MigrationsContext } from './migrations-context'
import { bringUpToDate, type UpToDate } from './operations/bring-up-to-date'
import { draftFile } from './operations/draft-file'
import { rollBack } from './operations/roll-back'
import { type Origins, originsOf } from './testing/document-origin'
import { type MigrationProject, openMigrationProject } from './testing/migration-project'
import { freshStructure, structureOf } from './testing/structure-of'
import {
  anyEdit,
  documentOf,
  editModel,
  FIRST_MODEL,
  schemaOfModel,
  type WalkEdit,
  type WalkModel,
} from './testing/walk-model'

setDefaultTimeout(180_000)

/** By collection and key: what each field has. */
type Documents = ReadonlyMap<string, ReadonlyMap<unknown, Readonly<Record<string, unknown>>>>

function documentsOf(project: MigrationProject, schema: Schema): Documents {
  return new Map(
    [...schema.collections.values()].map(({ name, table, fields }) => {
      const columns = [...fields.values()].map(({ column }) => quoteName(column)).join(', ')
      const rows = project.rows(`SELECT ${columns} FROM ${quoteName(table)} ORDER BY "id"`)
      const names = [...fields.keys()]
      const documents = rows.map((row) => Object.fromEntries(names.map((field, i) => [field, row[i]])))
      return [name, new Map(documents.map((document) => [document.id, document]))]
    }),
  )
}

/** A few documents, as far as the constraints allow. */
async function addDocuments(project: MigrationProject, model: WalkModel, round: number): Promise<void> {
  const schema = schemaOfModel(model)
  await project.database.write((tx) => {
    for (const collection of schema?.collections.values() ?? []) {
      if (!model.has(collection.name)) continue
      for (const n of [round, round + 1]) {
        const values = documentOf(model, collection.name, n)
        const columns = ['id', ...values.map(([field]) => collection.fields.get(field)?.column ?? field)].map(quoteName)
        const marks = ['NULL', ...values.map(() => '?')].join(', ')
        const text = `INSERT INTO ${quoteName(collection.table)} (${columns.join(', ')}) VALUES (${marks})`
        try {
          tx.attempt(() => void tx.run({ text, params: values.map(([, value]) => value) }))
        } catch {
          // What is there already, or refers to what is not, is left out.
        }
      }
    }
  })
}

/** Drafts until every possible rename is answered as the author means it: an answer may bring further ones to light. */
async function draftAs(context: MigrationsContext, edit: WalkEdit) {
  const meant =
    edit.kind === 'rename'
      ? `${edit.in}.${edit.field} may have been renamed to ${edit.in}.${edit.to}`
      : edit.kind === 'rename_collection'
        ? `${edit.in} may have been renamed to ${edit.to}`
        : ''
  const answers: Record<string, 'rename' | 'drop'> = {}
  for (;;) {
    const draft = await draftFile(context, { name: 'walk', answers })
    if (!draft.ok) throw new Error(draft.problems.join('\n'))
    if (draft.questions.length === 0) return draft
    for (const question of draft.questions) answers[question] = question === meant ? 'rename' : 'drop'
  }
}

/** Everything is valid, and has the values it had. */
function expectSame(
  project: MigrationProject,
  schema: Schema,
  before: { documents: Documents; schema: Schema },
  origins: Origins,
): void {
  const after = documentsOf(project, schema)
  for (const collection of schema.collections.values()) {
    const source = origins.collection(collection.name)
    const documents = after.get(collection.name)
    const old = before.documents.get(source)
    if (!old || !documents) continue
    expect([...documents.keys()]).toEqual([...old.keys()])
    for (const field of collection.fields.values()) {
      const problem = storedValueFailure({ kind: 'values', collection, field }, (sql) => project.database.all(sql))
      expect(problem).toBeUndefined()
      const name = origins.field(collection.name, field.name)
      if (name === undefined || !before.schema.collections.get(source)?.fields.has(name)) continue
      for (const [key, document] of documents) {
        const was = old.get(key)?.[name]
        // A field that became required has its default where there was nothing.
        if (was === null && !field.nullable) expect(document[field.name]).not.toBeNull()
        else expect(meaning(document[field.name])).toEqual(meaning(was))
      }
    }
  }
}

/** A value as it is known again after a conversion: 1, 1.0, '1', true and 'true'; '"a"' and 'a'. */
function meaning(value: unknown): unknown {
  if (typeof value === 'boolean') return String(Number(value))
  if (typeof value !== 'string') return typeof value === 'number' ? String(value) : value
  try {
    const inner: unknown = JSON.parse(value)
    return typeof inner === 'object' ? inner : typeof inner === 'string' ? inner : meaning(inner)
  } catch {
    return value
  }
}

/** Documents that are in the way, or a reference that the file does not deal with. */
const REASONS =
  /has values that|cannot be unique|is required, but|references documents|still references|needs a fill|its fill|cannot be converted/

/** More of them: KOYALITE_WALKS=500 bun test services/migrations/src/random-walk.test.ts */
const runs = Number(process.env.KOYALITE_WALKS ?? 3)

/** One of each, so that the least lucky run has seen all: a rename, a table and a column of another name, what is refused, what is rolled back. */
const EXAMPLE: readonly WalkEdit[] = [
  { kind: 'set', in: 'b', field: 'y', as: 1, target: 'a' },
  { kind: 'rename', in: 'a', field: 'x', to: 'z' },
  { kind: 'table', in: 'a', table: 'Table 1' },
  { kind: 'column', in: 'a', field: 'z', column: 'Col 1' },
  { kind: 'set', in: 'a', field: 'z', as: 5, target: 'a' },
  { kind: 'set', in: 'a', field: 'z', as: 9, target: 'a' },
  { kind: 'rename_collection', in: 'b', to: 'c' },
]

test('any walk of edits with data ends like a fresh database, or is refused with the reason and leaves all as it was', async () => {
  const seen = { applied: 0, filed: 0, refused: 0, rolledBack: 0, renamed: 0 }
  const property = fc.asyncProperty(fc.array(anyEdit, { minLength: 4, maxLength: 9 }), async (edits) => {
    await using project = await openMigrationProject()
    let model: WalkModel = FIRST_MODEL
    let schema = schemaOfModel(model)
    if (!schema) throw new Error('the first schema is none')
    await project.migrate(schema)
    for (const [round, edit] of edits.entries()) {
      const target = editModel(model, edit)
      const next = schemaOfModel(target)
      if (!next) continue
      await addDocuments(project, model, round)
      const before = { schema, documents: documentsOf(project, schema), structure: structureOf(project.database) }
      const changes = project.rows('SELECT count(*) FROM _koyalite_changes')
      const unchanged = () => {
        expect(structureOf(project.database)).toEqual(before.structure)
        expect(documentsOf(project, before.schema)).toEqual(before.documents)
      }
      let origins = originsOf([])
      let result: UpToDate = await bringUpToDate(await project.context(next))
      const needsFile = result.kind === 'held_back'
      if (needsFile) {
        unchanged()
        const draft = await draftAs(await project.context(next), edit)
        const parsed = parseMigration(draft.text, { file: draft.file })
        if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'))
        origins = originsOf(parsed.migration.operations)
        project.write(draft.file, draft.text)
        result = await bringUpToDate(await project.context(next), 'all')
        if (result.kind !== 'applied') await Bun.file(`${project.dir}/${draft.file}`).delete()
        else if (parsed.migration.operations.some(({ type }) => type.startsWith('rename'))) seen.renamed++
      }
      expect(project.rows('SELECT count(*) FROM _koyalite_changes')).toEqual(changes)
      expect(project.rows('PRAGMA foreign_key_check')).toEqual([])
      if (result.kind !== 'applied') {
        expect(result.kind === 'failed' ? result.problems.join() : JSON.stringify(result)).toMatch(REASONS)
        unchanged()
        seen.refused++
        continue
      }
      expect(structureOf(project.database)).toEqual(await freshStructure(next))
      expectSame(project, next, before, origins)
      ;[model, schema] = [target, next]
      seen.applied++
      if (!needsFile) continue
      seen.filed++
      // Back, and here again: as if nothing had been.
      const there = documentsOf(project, next)
      const back = await rollBack(await project.context(next), 1)
      if (back.kind === 'failed') {
        expect(back.problems.join()).toMatch(/cannot be rolled back|could not be rolled back/)
        expect(documentsOf(project, next)).toEqual(there)
        continue
      }
      seen.rolledBack++
      expect(structureOf(project.database)).toEqual(await freshStructure(back.schema))
      for (const [name, documents] of before.documents)
        expect([...(documentsOf(project, back.schema).get(name)?.keys() ?? [])]).toEqual([...documents.keys()])
      const again = await bringUpToDate(await project.context(next), 'all')
      if (again.kind !== 'applied') {
        expect(again.kind === 'failed' ? again.problems.join() : JSON.stringify(again)).toMatch(REASONS)
        return
      }
      expect(structureOf(project.database)).toEqual(await freshStructure(next))
    }
  })
  // A walk takes seconds, and those that are checked below have to end: bounded by their number.
  const options = { numRuns: runs, interruptAfterTimeLimit: 600_000 }
  await fc.assert(property, { ...options, includeErrorInReport: true, examples: [[[...EXAMPLE]]] })
  for (const [what, times] of Object.entries(seen)) expect([what, times > 0]).toEqual([what, true])
})
