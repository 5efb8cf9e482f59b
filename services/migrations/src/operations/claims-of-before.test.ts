import { expect, test } from 'bun:test'
import type { Collection } from '@koyalite/schema'
import { type MigrationProject, openMigrationProject, parseText } from '../testing/migration-project'
import { draftFile } from './draft-file'

const users = (...fields: string[]) =>
  parseText(`version: 1\ncollections: { users: { fields: { ${fields.join(', ')} } } }`)

/** A database as version 0.1 left it: it did not say which fields of users are built in. */
async function asBefore(project: MigrationProject, ...fields: string[]): Promise<void> {
  await project.migrate(users(...fields))
  await project.database.write((tx) => {
    tx.exec("UPDATE _koyalite_schema SET model = json_remove(model, '$.builtIn')")
    tx.exec(
      `INSERT INTO users (id, email, claims, created_at, updated_at) VALUES ('a', 'a@example.com', '{"admin":true}', '', '')`,
    )
  })
}

test('a database without claims gets the column by itself', async () => {
  await using project = await openMigrationProject()
  const now = users()
  const collection = now.collections.get('users') as Collection
  const fields = new Map([...collection.fields].filter(([name]) => name !== 'claims'))
  await project.migrate({ ...now, collections: new Map([['users', { ...collection, fields }]]) })
  expect(await project.migrate(now)).toMatchObject({ kind: 'applied', changes: ['+ users.claims'] })
  expect(project.rows('SELECT claims FROM users')).toEqual([])
})

test('claims that a project had of its own never become the built-in ones, whatever schema.yaml says', async () => {
  await using project = await openMigrationProject()
  await asBefore(project, 'claims: { type: json, nullable: true }')
  for (const schema of [users(), users('claims: { type: json, nullable: true }')]) {
    expect(await project.migrate(schema)).toMatchObject({
      kind: 'held_back',
      differences: [{ line: '- users.claims', reason: expect.stringContaining('rename_field') }],
    })
  }
  project.write(
    'migrations/001_alter.yaml',
    'version: 1\nname: alter\noperations:\n  - { type: alter_field, collection: users, field: claims }\n',
  )
  expect(await project.migrate(users())).toMatchObject({
    kind: 'failed',
    problems: [expect.stringContaining('rename_field')],
  })
})

test.each([
  ['while schema.yaml has them still', ['claims: { type: json, nullable: true }'], 'own_claims'],
  ['once they are gone from it', [], 'own_claims'],
  ['once they have another name', ['rights: { type: json, nullable: true }'], 'rights'],
])('a draft offers to rename or to drop them, %s', async (_, fields, to) => {
  await using project = await openMigrationProject()
  await asBefore(project, 'claims: { type: json, nullable: true }')
  const drafted = await draftFile(await project.context(users(...fields)), { name: 'claims', answers: {} })
  const text = drafted.ok ? drafted.text : ''
  const choices = text.match(/# - .*/g) ?? []
  expect(choices).toEqual([
    `# - { type: rename_field, collection: users, from: claims, to: ${to} }`,
    '# - { type: drop_field, collection: users, field: claims }',
  ])
  for (const [chosen, schema] of [
    [choices[0], users(`${to}: { type: json, nullable: true }`)],
    [choices[1], users()],
  ] as const) {
    await using copy = await openMigrationProject()
    await asBefore(copy, 'claims: { type: json, nullable: true }')
    copy.write('migrations/001_claims.yaml', text.replace(chosen as string, String(chosen).slice(2)))
    expect(await copy.migrate(schema)).toMatchObject({ kind: 'applied' })
    expect(copy.rows('SELECT claims FROM users')).toEqual([[null]])
  }
})

test('renamed, they keep their values, and the built-in claims are empty', async () => {
  await using project = await openMigrationProject()
  await asBefore(project, 'claims: { type: json, nullable: true }')
  project.write(
    'migrations/001_rename.yaml',
    'version: 1\nname: rename\noperations:\n  - { type: rename_field, collection: users, from: claims, to: app_claims }\n',
  )
  expect(await project.migrate(users('app_claims: { type: json, nullable: true }'))).toMatchObject({ kind: 'applied' })
  expect(project.rows('SELECT app_claims, claims FROM users')).toEqual([['{"admin":true}', null]])
})

test('a column that another field has is refused by name', () => {
  expect(() => users('rights: { type: json, nullable: true, column: claims }')).toThrow(/claims/)
})
