import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import {
  createApi,
  createKey,
  createProject,
  expectError,
  expectStatus,
  runKoyalite,
  startServer,
  type TempProject,
  until,
} from '@koyalite/testkit'

setDefaultTimeout(60_000)

const schema = (fields: string, rest = '') => `version: 1
collections:
  posts:
    fields:
      id: { type: int, primary: true, default: auto }
${fields}
    rules: { read: "true", create: "true" }
${rest}`
const FIRST = schema('      name: { type: string }\n      age: { type: int, nullable: true }')
const SECOND = schema('      title: { type: string }\n      age: { type: int }\n      city: { type: string }')
const RENAME = `version: 1
name: rename_name
description: Rename 'name' to 'title'
operations:
  - { type: rename_field, collection: posts, from: name, to: title }
  - { type: add_field, collection: posts, field: city, fill: "'Paris'" }
  - { type: alter_field, collection: posts, field: age, fill: "coalesce(age, 0)" }
  - { type: sql, up: "UPDATE posts SET title = upper(title)", down: "UPDATE posts SET title = lower(title)" }
`

/** Served once, with two documents. Each test has a copy. */
let origin: TempProject
let project: TempProject
beforeAll(async () => {
  origin = createProject({ schema: FIRST })
  const server = await startServer(origin)
  const api = createApi(server.url)
  expectStatus(await api.post('/api/collections/posts', { name: 'one', age: 1 }), 201)
  expectStatus(await api.post('/api/collections/posts', { name: 'two' }), 201)
  await server.kill('SIGTERM')
})
afterAll(() => origin.remove())
beforeEach(() => {
  project = createProject()
  cpSync(origin.dir, project.dir, { recursive: true })
})
afterEach(() => project.remove())

const migrate = (...args: string[]) => runKoyalite(['migrate', ...args, '--dir', project.dir])

async function documents() {
  const server = await startServer(project)
  const { body } = await createApi(server.url).list('posts')
  await server.kill('SIGTERM')
  return body.docs
}

describe('a migration file', () => {
  test('is applied, recorded, and taken back', async () => {
    project.write('schema.yaml', SECOND)
    project.write('migrations/001_rename_name.yaml', RENAME)
    const before = JSON.parse((await migrate('status', '--json')).stdout)
    expect(before).toMatchObject({ up_to_date: false, problems: [] })
    expect(before.migrations).toMatchObject([{ version: 1, state: 'pending', reversible: true }])
    const applied = await migrate('apply')
    expect(applied.stderr).toBe('')
    expect(applied).toMatchObject({ code: 0, stdout: expect.stringContaining('✓ migrations/001_rename_name.yaml') })
    expect(readdirSync(project.path('data/snapshots'))).toHaveLength(1)
    expect(await documents()).toEqual([
      { id: 1, title: 'ONE', age: 1, city: 'Paris' },
      { id: 2, title: 'TWO', age: 0, city: 'Paris' },
    ])
    const refused = await migrate('rollback')
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('001_rename_name: the values of posts.city are lost')
    expect(refused.stderr).toContain('Pass --yes to confirm.')
    expect(await migrate('rollback', '--yes')).toMatchObject({ code: 0 })
    project.write('schema.yaml', FIRST)
    project.write('migrations/001_rename_name.yaml', '')
    expect((await migrate('status')).code).toBe(1)
    await Bun.file(project.path('migrations/001_rename_name.yaml')).delete()
    expect(await documents()).toEqual([
      { id: 1, name: 'one', age: 1 },
      { id: 2, name: 'two', age: 0 },
    ])
  })

  test('is applied by start', async () => {
    project.write('schema.yaml', SECOND)
    project.write('migrations/001_rename_name.yaml', RENAME)
    expect(await documents()).toHaveLength(2)
    expect(JSON.parse((await migrate('status', '--json')).stdout)).toMatchObject({
      up_to_date: true,
      migrations: [{ version: 1, state: 'applied' }],
    })
  })

  test('that was changed after it was applied is an error', async () => {
    project.write('schema.yaml', SECOND)
    project.write('migrations/001_rename_name.yaml', RENAME)
    await migrate('apply')
    project.write('migrations/001_rename_name.yaml', RENAME.replaceAll('\n', '\r\n'))
    expect((await migrate('status')).code).toBe(0)
    project.write('migrations/001_rename_name.yaml', RENAME.replace('Paris', 'Rome'))
    const status = await migrate('status')
    expect(status.code).toBe(1)
    expect(status.stderr).toContain('migrations/001_rename_name.yaml was changed after it was applied')
    expect((await migrate('apply')).code).toBe(1)
    const start = await runKoyalite(['start', '--dir', project.dir, '--port', '0'])
    expect(start).toMatchObject({ code: 1, stderr: expect.stringContaining('was changed after it was applied') })
  })

  test('that does not fit the documents fails with the reason, and leaves all as it was', async () => {
    project.write('schema.yaml', schema('      name: { type: string }\n      age: { type: int }'))
    const file =
      'version: 1\nname: require_age\noperations:\n  - { type: alter_field, collection: posts, field: age }\n'
    project.write('migrations/001_require_age.yaml', file)
    const failed = await migrate('apply')
    expect(failed.code).toBe(1)
    expect(failed.stderr).toContain(
      'migrations/001_require_age.yaml failed and was rolled back: posts.age is required, but it is null in existing documents',
    )
    project.write('schema.yaml', FIRST)
    await Bun.file(project.path('migrations/001_require_age.yaml')).delete()
    expect(await documents()).toEqual([
      { id: 1, name: 'one', age: 1 },
      { id: 2, name: 'two', age: null },
    ])
  })

  test('that cannot be taken back says so, and asks before', async () => {
    project.write('schema.yaml', schema('      name: { type: string }'))
    const drafted = await migrate('create', 'Drop age')
    expect(drafted).toMatchObject({ code: 0, stdout: '+ migrations/001_drop_age.yaml\n' })
    const asked = await migrate('apply')
    expect(asked.code).toBe(1)
    expect(asked.stderr).toContain('cannot be rolled back (the values of posts.age are lost)')
    expect(await migrate('apply', '--yes')).toMatchObject({ code: 0 })
    const back = await migrate('rollback', '--yes')
    expect(back.code).toBe(1)
    expect(back.stderr).toContain('001_drop_age cannot be rolled back: the values of posts.age are lost')
    expect(await documents()).toEqual([
      { id: 1, name: 'one' },
      { id: 2, name: 'two' },
    ])
  })

  test('of a project that begins with it is noted, not run', async () => {
    const clone = createProject({ schema: SECOND, files: { 'migrations/001_rename_name.yaml': RENAME } })
    const server = await startServer(clone)
    await server.kill('SIGTERM')
    const { migrations } = JSON.parse((await runKoyalite(['migrate', 'status', '--json', '--dir', clone.dir])).stdout)
    expect(migrations).toMatchObject([{ version: 1, state: 'applied', reversible: false }])
    clone.remove()
  })
})

test('a stricter pattern is held against the documents that are there, in words', async () => {
  project.write('schema.yaml', FIRST.replace('name: { type: string }', 'name: { type: string, pattern: "^o" }'))
  expect((await migrate('create', 'pattern', '--json')).code).toBe(0)
  const refused = await migrate('apply', '--yes')
  expect(refused.code).toBe(1)
  expect(refused.stderr).toContain(
    "posts.name has values that are not valid (1 document: id 2 has 'two', which must match ^o): add a fill that changes them (alter_field … fill), or relax posts.name in schema.yaml",
  )
  // A copy of what was not changed would be of no use.
  expect(existsSync(project.path('data/snapshots')) ? readdirSync(project.path('data/snapshots')) : []).toEqual([])
})

test('the copy made before a migration can be restored like a backup', async () => {
  project.write('schema.yaml', schema('      age: { type: int, nullable: true }'))
  const dropping = 'version: 1\nname: drop\noperations:\n  - { type: drop_field, collection: posts, field: name }\n'
  project.write('migrations/001_drop.yaml', dropping)
  const { applied } = JSON.parse((await migrate('apply', '--yes', '--json')).stdout)
  project.write('schema.yaml', FIRST)
  rmSync(project.path('migrations/001_drop.yaml'))
  const restored = await runKoyalite(['db', 'restore', applied[0].snapshot, '--yes', '--dir', project.dir])
  expect(restored.code).toBe(0)
  expect(await documents()).toMatchObject([{ name: 'one' }, { name: 'two' }])
})

test('a possible rename is drafted as a question, and refused until it is answered', async () => {
  project.write('schema.yaml', schema('      title: { type: string }\n      age: { type: int, nullable: true }'))
  const drafted = await migrate('create', 'rename', '--json')
  const { file, questions } = JSON.parse(drafted.stdout)
  expect(questions).toEqual(['posts.name may have been renamed to posts.title'])
  expect(await migrate('apply')).toMatchObject({ code: 1 })
  const text = readFileSync(project.path(file), 'utf8')
  project.write(file, text.replace('# - { type: rename_field', '- { type: rename_field'))
  expect(await migrate('apply')).toMatchObject({ code: 0 })
  expect(await documents()).toMatchObject([{ title: 'one' }, { title: 'two' }])
})

test('a new unique index is held back if documents share a value, with an example', async () => {
  const server = await startServer(project)
  expectStatus(await createApi(server.url).post('/api/collections/posts', { name: 'one' }), 201)
  await server.kill('SIGTERM')
  const indexed = '    indexes: [{ name: by_name, fields: [name], unique: true }]'
  project.write('schema.yaml', FIRST + indexed)
  const start = await runKoyalite(['start', '--dir', project.dir, '--port', '0'])
  expect(start.code).toBe(1)
  const reason =
    "+ posts index by_name: index by_name of posts cannot be unique: existing documents have equal values (2 documents: id 1 has 'one', id 3 has 'one')"
  expect(start.stderr).toContain(reason)
  expect((await migrate('create', 'unique_names')).code).toBe(0)
  const text = readFileSync(project.path('migrations/001_unique_names.yaml'), 'utf8')
  expect(text).toContain(reason)
  const repair = '  - { type: sql, up: "UPDATE posts SET name = name || id" }\n  - {'
  project.write('migrations/001_unique_names.yaml', text.replace('  - {', repair))
  expect((await migrate('apply', '--yes')).stderr).toBe('')
  expect(await documents()).toHaveLength(3)
})

describe('beside a running server', () => {
  test('dev serves the old schema until the file is there, then applies it', async () => {
    const key = await createKey(project)
    project.write('schema.yaml', SECOND)
    const dev = await startServer(project, { command: 'dev', args: ['--no-studio'] })
    await until(() => dev.output().includes("Create a migration file with 'koyalite migrate create <name>'"), {
      what: dev.output,
    })
    await dev.said('The previous schema is still served.')
    const api = createApi(dev.url, key)
    expect((await api.list('posts', { fields: 'name' })).body.docs).toEqual([{ name: 'one' }, { name: 'two' }])
    const status = await api.get('/api/admin/migrations')
    expect(status.body).toMatchObject({ up_to_date: false })
    expectError(await createApi(dev.url).get('/api/admin/migrations'), 'UNAUTHENTICATED')
    project.write('migrations/001_rename_name.yaml', RENAME)
    await until(() => dev.output().includes('✓ migrations/001_rename_name.yaml'), { what: dev.output })
    expect((await api.list('posts', { fields: 'title,city' })).body.docs).toEqual([
      { title: 'ONE', city: 'Paris' },
      { title: 'TWO', city: 'Paris' },
    ])
    expect(await migrate('rollback', '--yes')).toMatchObject({ code: 0 })
    expect((await api.list('posts', { fields: 'name' })).body.docs).toEqual([{ name: 'one' }, { name: 'two' }])
    expect(await migrate('apply')).toMatchObject({ code: 0 })
    expectStatus(await api.list('posts', { fields: 'title' }), 200)
    await dev.kill('SIGTERM')
    expect(existsSync(project.path('data/snapshots'))).toBe(true)
  })

  test('the schema is read and replaced over the admin API', async () => {
    const key = await createKey(project)
    const server = await startServer(project)
    const api = createApi(server.url, key)
    expect((await api.get('/api/admin/schema')).body).toMatchObject({ source: FIRST, up_to_date: true })
    const wider = schema(
      '      name: { type: string }\n      age: { type: int, nullable: true }\n      note: { type: text, nullable: true }',
    )
    const replaced = await api.post('/api/admin/schema', { source: wider })
    expect(replaced.body).toMatchObject({ changes: ['+ posts.note'] })
    expect((await api.list('posts', { fields: 'note' })).body.docs).toEqual([{ note: null }, { note: null }])
    expectError(await api.post('/api/admin/schema', { source: SECOND }), 'CONFLICT')
    expectError(await api.post('/api/admin/schema', { source: 'version: 1\ncollections: 3' }), 'VALIDATION_ERROR')
    expect(readFileSync(project.path('schema.yaml'), 'utf8')).toBe(wider)
    await server.kill('SIGTERM')
  })
})

test('what changes nothing works in a project that has no database yet', async () => {
  const project = createProject({ schema: schema('      name: { type: string }') })
  const inFolder = (...args: readonly string[]) => runKoyalite([...args, '--dir', project.dir], { cwd: project.dir })
  const status = await inFolder('migrate', 'status', '--json')
  expect([status.code, status.stderr]).toEqual([0, ''])
  expect(JSON.parse(status.stdout).up_to_date).toBe(false)
  expect((await inFolder('doctor', '--json')).stdout).not.toContain('"check":"open"')
  expect(await inFolder('db', 'backup', '--to', 'first.tar')).toMatchObject({ code: 0, stderr: '' })
  expect(existsSync(project.path('first.tar'))).toBe(true)
  project.remove()
})
