import { beforeAll, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Api, createApi, expectStatus, LiveSocket, runKoyalite, until, useServer } from '@koyalite/testkit'

const PAGE = readFileSync(join(import.meta.dir, '../../docs/rules.md'), 'utf8')
/** The sample of the page. */
const SCHEMA = /## Definitions\n[\s\S]*?```yaml\n(version: 1\n[\s\S]*?)```/.exec(PAGE)?.[1] ?? 'no sample'

const RULE_TESTS = `
actors: { ann: , ben: , cat:  }
documents:
  workspaces: { red: { name: Red } }
  members:
    - { workspace_id: $red, user_id: $ann, role: editor }
    - { workspace_id: $red, user_id: $ben, role: viewer }
  projects: { one: { workspace_id: $red, owner_id: $cat } }
cases:
  - { actor: [ann, ben], operation: read, collection: projects, id: one, expect: allowed }
  - { actor: [anonymous, cat], operation: [read, update], collection: projects, id: one, data: { budget: 1 }, expect: denied }
  - { actor: ann, operation: list, collection: projects, expect: allowed, visible: budget }
  - { actor: ben, operation: list, collection: projects, expect: allowed, absent: budget }
  - { actor: ben, operation: update, collection: projects, id: one, data: { budget: 1 }, expect: denied }
`

const server = useServer({ schema: SCHEMA, files: { 'rules/a.test.yaml': RULE_TESTS }, command: 'dev' })
const ids: Record<string, string> = {}
const apis: Record<string, Api> = {}

beforeAll(async () => {
  for (const name of ['ann', 'ben', 'cat']) {
    const account = { email: `${name}@example.com`, password: 'correct horse 9' }
    const { body } = expectStatus(await server.anonymous.post('/api/auth/register', account), 201)
    ids[name] = body.user.id
    apis[name] = createApi(server.process.url, body.access_token)
  }
  const create = async (collection: string, document: object) =>
    expectStatus(await server.api.post(`/api/collections/${collection}`, document), 201).body.id
  for (const name of ['red', 'blue']) ids[name] = await create('workspaces', { name })
  const member = (workspace: string, user: string, role: string) =>
    create('members', { workspace_id: ids[workspace], user_id: ids[user], role })
  await member('red', 'ann', 'editor')
  await member('red', 'ben', 'viewer')
  await member('blue', 'cat', 'owner')
  ids.one = await create('projects', { workspace_id: ids.red, owner_id: ids.cat })
  ids.two = await create('projects', { workspace_id: ids.blue, owner_id: ids.cat })
})

test('rules with definitions decide as written out: lists, documents, fields, updates', async () => {
  const listed = async (api: Api | undefined) =>
    expectStatus(await (api as Api).list('projects', { count: true }), 200).body
  const budgets = { ann: [0], ben: [undefined], cat: [0] }
  for (const [name, expected] of Object.entries(budgets)) {
    const { docs, total } = await listed(apis[name])
    expect([name, total, ...docs.map((doc: { budget?: number }) => doc.budget)]).toEqual([name, 1, ...expected])
  }
  expect((await listed(server.anonymous)).docs).toEqual([])
  const update = (name: string) => apis[name]?.patch(`/api/collections/projects/${ids.one}`, { budget: 5 })
  expect([(await update('ann'))?.status, (await update('ben'))?.status, (await update('cat'))?.status]).toEqual([
    200, 403, 404,
  ])
})

test('live lists follow what a definition looks into', async () => {
  const account = { email: 'dan@example.com', password: 'correct horse 9' }
  const { body } = expectStatus(await server.anonymous.post('/api/auth/register', account), 201)
  const socket = await LiveSocket.open(server.process.url, { token: body.access_token })
  const followed = socket.follow({ collection: 'projects' })
  await socket.shown(followed)
  const shown = () => followed.list.states.at(-1)?.docs
  expect(shown()).toEqual([])
  const member = { workspace_id: ids.red, user_id: body.user.id, role: 'viewer' }
  const made = expectStatus(await server.api.post('/api/collections/members', member), 201).body
  await until(() => shown()?.length === 1, { what: () => 'the project of the workspace' })
  expect(shown()?.[0]).not.toHaveProperty('budget')
  expectStatus(await server.api.delete(`/api/collections/members/${made.id}`), 204)
  await until(() => shown()?.length === 0, { what: () => 'no project any more' })
  await socket.close()
})

test('where of a request cannot call one', async () => {
  const refused = await apis.ann?.list('projects', { where: 'is_member(doc.workspace_id)' })
  expect(refused?.status).toBe(400)
  expect(refused?.text).toContain("unknown function 'is_member'")
  expect(refused?.text).not.toContain('schema.yaml')
})

test('an explanation names definitions, and uses the index of their bodies', async () => {
  const explain = (operation: string, more: object = {}) =>
    server.api.post('/api/admin/rules/explain', { collection: 'projects', operation, as: `user:${ids.ben}`, ...more })
  const { rules, sql } = expectStatus(await explain('read'), 200).body
  expect(rules[0]).toMatchObject({
    source: 'is_member(doc.workspace_id)',
    definitions: [{ signature: 'is_member(workspace)', line: 3, source: expect.stringContaining('members.exists') }],
  })
  expect(sql.plan.join('\n')).toContain('idx_members_one (workspace_id=? AND user_id=?)')
  const denied = expectStatus(await explain('update', { id: ids.one, data: { budget: 1 } }), 200).body
  expect(denied.rules[0].outcome).toMatchObject({
    source: 'can_edit(doc)',
    calls: 'can_edit',
    definition: null,
    operands: [
      { source: "has_role(project.workspace_id, ['owner', 'editor'])", calls: 'has_role', definition: 'can_edit' },
      {
        definition: 'can_edit',
        operands: [
          { source: 'project.owner_id == auth.id', calls: null, definition: 'can_edit', result: false },
          { source: 'is_member(project.workspace_id)', calls: 'is_member', definition: 'can_edit', result: true },
        ],
      },
    ],
  })
  expect(denied.document.reasons[0]).toContain(
    "in definition 'can_edit', project.owner_id == auth.id is false (auth.id is ",
  )
  const { stdout } = await runKoyalite([
    'rules',
    'explain',
    'projects',
    'update',
    '--as',
    'user:ben@example.com',
    '--dir',
    server.project.dir,
  ])
  expect(stdout).toContain("can_edit(project): has_role(project.workspace_id, ['owner', 'editor']) || ")
  expect(stdout).toContain('has_role(workspace, roles): members.exists(')
})

test('rule tests run with them', async () => {
  const { code, stdout } = await runKoyalite(['rules', 'test', '--dir', server.project.dir])
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('9 passed') })
})

test('they are served and stored with the schema, and followed when they change', async () => {
  const { served } = expectStatus(await server.api.get('/api/admin/schema'), 200).body
  expect(served).toContain('is_member(workspace): members.exists(')
  server.project.write(
    'schema.yaml',
    SCHEMA.replace('m.user_id == auth.id)"', "m.user_id == auth.id && m.role != 'viewer')\""),
  )
  await until(async () => (await apis.ben?.list('projects'))?.body.docs.length === 0, { what: () => 'the new rule' })
  server.project.write('schema.yaml', SCHEMA.replace('m.workspace_id', 'm.workspce_id'))
  const wrong = /^schema\.yaml:.* in definition .*$/m.exec(PAGE)?.[0] ?? 'a sample'
  await until(() => server.process.output().includes(wrong), { what: () => server.process.output() })
  expect((await apis.ann?.list('projects'))?.body.docs).toHaveLength(1)
  server.project.write('schema.yaml', SCHEMA)
  await until(async () => (await apis.ben?.list('projects'))?.body.docs.length === 1, { what: () => 'the old rule' })
})
