import { expect, setDefaultTimeout, test } from 'bun:test'
import { diffSchemas, type Schema } from '@koyalite/schema'
import fc from 'fast-check'
import { migrationFileName } from './migration-files'
import type { MigrationsContext } from './migrations-context'
import { bringUpToDate } from './operations/bring-up-to-date'
import { draftFile } from './operations/draft-file'
import { rollBack } from './operations/roll-back'
import { type MigrationProject, openMigrationProject, parseText } from './testing/migration-project'
import { freshStructure, structureOf } from './testing/structure-of'

setDefaultTimeout(120_000)

const DEFINITIONS = [
  'type: string',
  'type: string, nullable: true',
  'type: string, unique: true',
  'type: string, maxLength: 3, index: true',
  'type: text, default: none',
  'type: int',
  'type: int, nullable: true, index: true',
  'type: int, max: 5, default: 1',
  'type: float, nullable: true',
  'type: bool, default: false',
  'type: timestamp, default: now',
  'type: json, nullable: true',
  'type: int, references: a.id, nullable: true, onDelete: set null',
] as const

/** The fields of each collection, by number of their definition. */
type Model = ReadonlyMap<string, ReadonlyMap<string, number>>

const COLLECTIONS = ['a', 'b', 'c'] as const
const FIELDS = ['x', 'y', 'z', 'w'] as const

const anyEdit = fc.oneof(
  fc.record({
    kind: fc.constant('set' as const),
    in: fc.constantFrom(...COLLECTIONS),
    field: fc.constantFrom(...FIELDS),
    as: fc.nat(DEFINITIONS.length - 1),
  }),
  fc.record({
    kind: fc.constant('drop' as const),
    in: fc.constantFrom(...COLLECTIONS),
    field: fc.constantFrom(...FIELDS),
  }),
  fc.record({ kind: fc.constant('remove' as const), in: fc.constantFrom('b' as const, 'c' as const) }),
)

function edited(model: Model, edit: typeof anyEdit extends fc.Arbitrary<infer E> ? E : never): Model {
  const collections = new Map(model)
  const fields = new Map(collections.get(edit.in))
  if (edit.kind === 'remove') collections.delete(edit.in)
  else if (edit.kind === 'set') collections.set(edit.in, fields.set(edit.field, edit.as))
  else if (fields.delete(edit.field)) collections.set(edit.in, fields)
  return collections
}

function schemaOfModel(model: Model): Schema {
  const collections = [...model].map(([name, fields]) => {
    const lines = [...fields].map(([field, as]) => `      ${field}: { ${DEFINITIONS[as]} }\n`)
    return `  ${name}:\n    fields:\n      id: { type: int, primary: true, default: auto }\n${lines.join('')}`
  })
  return parseText(`version: 1\ncollections:\n${collections.join('')}`)
}

/** A few documents, as far as the constraints allow. */
async function addDocuments(project: MigrationProject, model: Model, round: number): Promise<void> {
  await project.database.write((tx) => {
    for (const [name, fields] of model) {
      for (const n of [round, round + 1]) {
        const columns = ['"id"', ...[...fields.keys()].map((field) => `"${field}"`)].join(', ')
        const values = [...fields.values()].map((as) => (DEFINITIONS[as]?.includes('references') ? null : n))
        const text = `INSERT OR IGNORE INTO "${name}" (${columns}) VALUES (NULL${', ?'.repeat(values.length)})`
        try {
          tx.attempt(
            () =>
              void tx.run({
                text,
                params: values.map((value, i) => ([...fields.values()][i] === 11 ? `{"n":${value}}` : value)),
              }),
          )
        } catch {
          // What the table does not take is left out.
        }
      }
    }
  })
}

const dump = (project: MigrationProject, model: Model) =>
  [...model.keys()].map((name) => [name, project.rows(`SELECT * FROM "${name}" ORDER BY "id"`)])

/** Drafts until every possible rename is answered: an answer may bring further ones to light. */
async function draftAnswering(context: MigrationsContext, answer: 'rename' | 'drop') {
  const answers: Record<string, 'rename' | 'drop'> = {}
  for (;;) {
    const draft = await draftFile(context, { name: 'walk', answers })
    if (!draft.ok) throw new Error(draft.problems.join('\n'))
    if (draft.questions.length === 0) return draft
    for (const question of draft.questions) answers[question] = answer
  }
}

test('any walk of edits with data ends like a fresh database, or is refused with the reason and leaves all as it was', async () => {
  let applied = 0
  let refused = 0
  const walk = fc.tuple(
    fc.array(anyEdit, { minLength: 3, maxLength: 8 }),
    fc.constantFrom<('rename' | 'drop')[]>('rename', 'drop'),
  )
  const property = fc.asyncProperty(walk, async ([edits, answer]) => {
    await using project = await openMigrationProject()
    let model: Model = new Map([['a', new Map([['x', 0]])]])
    await project.migrate(schemaOfModel(model))
    for (const [round, edit] of edits.entries()) {
      await addDocuments(project, model, round)
      const target = edited(model, edit)
      const context = await project.context(schemaOfModel(target))
      const [before, structure, changes] = [
        dump(project, model),
        structureOf(project.database),
        project.rows('SELECT count(*) FROM _koyalite_changes'),
      ]
      let result = await bringUpToDate(context)
      const needsFile = result.kind === 'held_back'
      if (needsFile) {
        expect(structureOf(project.database)).toEqual(structure)
        const draft = await draftAnswering(context, answer)
        expect(draft.file).toEndWith(migrationFileName(draft.version, 'walk'))
        project.write(draft.file, draft.text)
        result = await project.migrate(context.schema)
        if (result.kind === 'failed') await Bun.file(`${project.dir}/${draft.file}`).delete()
      }
      expect(project.rows('SELECT count(*) FROM _koyalite_changes')).toEqual(changes)
      expect(project.rows('PRAGMA foreign_key_check')).toEqual([])
      if (result.kind !== 'applied') {
        expect(result.kind === 'failed' ? result.problems.join() : result.kind).toMatch(
          /has values|cannot be unique|is required|refers to/,
        )
        expect(structureOf(project.database)).toEqual(structure)
        expect(dump(project, model)).toEqual(before)
        refused++
        continue
      }
      applied++
      expect(structureOf(project.database)).toEqual(await freshStructure(context.schema))
      for (const [name, rows] of dump(project, target)) {
        const old = before.find(([other]) => other === name)
        if (old) expect(rows).toHaveLength(old[1]?.length ?? 0)
      }
      model = target
      if (!needsFile) continue
      // Back, and here again: as if nothing had been.
      const back = await rollBack(await project.context(context.schema), 1)
      if (back.kind === 'failed') continue
      expect(diffSchemas(back.schema, context.schema).length).toBeGreaterThan(0)
      const again = await project.migrate(context.schema)
      if (again.kind === 'applied') expect(structureOf(project.database)).toEqual(await freshStructure(context.schema))
      else return
    }
  })
  await fc.assert(property, { numRuns: 12, includeErrorInReport: true })
  expect(applied).toBeGreaterThan(0)
  expect(refused + applied).toBeGreaterThan(12)
})
