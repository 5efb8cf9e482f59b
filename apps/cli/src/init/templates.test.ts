import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type Api,
  createApi,
  createKey,
  createProject,
  expectStatus,
  runKoyalite,
  type ServerProcess,
  startServer,
  type TempProject,
  testSamples,
} from '@koyalite/testkit'
import { forEditors, TEMPLATE_NAMES, TEMPLATES } from './templates'

setDefaultTimeout(60_000)

/** What anybody may read of each template's seeds. */
const PUBLIC = { basic: 'notes', blog: 'posts', saas: 'plans' } as const

describe.each([...TEMPLATE_NAMES])('a project made from the template %s', (template) => {
  let parent: TempProject
  let project: TempProject
  let server: ServerProcess
  let key: string
  beforeAll(async () => {
    parent = createProject()
    project = { ...parent, dir: join(parent.dir, 'made') }
    for (const args of [
      ['init', project.dir, '--template', template],
      ['db', 'seed', '--dir', project.dir],
      ['rules', 'test', '--dir', project.dir],
    ]) {
      const { code, stdout, stderr } = await runKoyalite(args)
      expect({ args, code, output: code === 0 ? '' : stdout + stderr }).toEqual({ args, code: 0, output: '' })
    }
    key = await createKey(project)
    server = await startServer(project, { command: 'dev' })
  })
  afterAll(async () => {
    await server?.kill('SIGTERM')
    parent.remove()
  })

  test('has seeds that anybody may read, and a schema without warnings', async () => {
    const { docs } = expectStatus(await createApi(server.url).list(PUBLIC[template]), 200).body
    expect(docs.length).toBeGreaterThan(0)
    const doctor = JSON.parse((await runKoyalite(['doctor', '--json', '--dir', project.dir])).stdout)
    const findings = doctor.findings as readonly { check: string; level: string }[]
    const ofSchema = findings.filter(({ check }) => ['rules', 'slow rules', 'indexes'].includes(check))
    expect(ofSchema.map(({ level }) => level)).toEqual(['ok', 'ok', 'ok'])
  })

  testSamples([join(import.meta.dir, '../templates', template, 'README.md')], {
    url: () => server.url,
    dir: () => project.dir,
    key: () => key,
  })

  if (template === 'saas') testWorkspaces(() => ({ api: (token) => createApi(server.url, token), project }))
})

/** What requests in a row, or at the same time, must not bring about: rule tests have one request each. */
function testWorkspaces(get: () => { api: (token?: string) => Api; project: TempProject }): void {
  interface Person {
    readonly id: string
    readonly api: Api
  }
  let people = 0
  async function register(): Promise<Person> {
    const email = `person${people++}@example.com`
    const account = { email, password: 'correct horse battery' }
    const { user, access_token } = expectStatus(await get().api().post('/api/auth/register', account), 201).body
    return { id: user.id, api: get().api(access_token) }
  }
  const member = (workspace: string, fields: object) => ({ workspace_id: workspace, ...fields })
  async function found(owner: Person, workspace: string): Promise<void> {
    const operations = [
      { op: 'create', collection: 'workspaces', data: { id: workspace, name: 'W', slug: workspace } },
      { op: 'create', collection: 'members', data: member(workspace, { user_id: owner.id, role: 'admin' }) },
    ]
    expectStatus(await owner.api.post('/api/batch', { operations }), 200)
  }
  async function inviteByCode(owner: Person, workspace: string): Promise<string> {
    const code = crypto.randomUUID()
    const invitation = await owner.api.post('/api/collections/members', member(workspace, { code }))
    return expectStatus(invitation, 201).body.code
  }
  const enter = (person: Person, code: string) => person.api.post('/api/collections/entered_codes', { code })
  const invitations = async (person: Person): Promise<{ id: string }[]> =>
    (await person.api.list('members', { filter: 'user_id:eq:null' })).body.docs
  const accept = (person: Person, invitation: string) =>
    person.api.patch(`/api/collections/members/${invitation}`, { user_id: person.id })

  test('founding is refused as a whole where a part of it is', async () => {
    const [ann, ben] = [await register(), await register()]
    const workspace = crypto.randomUUID()
    const operations = [
      { op: 'create', collection: 'workspaces', data: { id: workspace, name: 'W', slug: workspace } },
      { op: 'create', collection: 'members', data: member(workspace, { user_id: ben.id, role: 'admin' }) },
    ]
    expect((await ann.api.post('/api/batch', { operations })).body.error).toMatchObject({
      code: 'FORBIDDEN',
      operation: 1,
    })
    expectStatus(await ann.api.get(`/api/collections/workspaces/${workspace}`), 404)
  })

  test('one code makes one member, also when two accept at the same time; who was removed does not come back', async () => {
    const [ann, ben, cleo] = [await register(), await register(), await register()]
    const workspace = crypto.randomUUID()
    await found(ann, workspace)
    const code = await inviteByCode(ann, workspace)
    for (const person of [ben, cleo]) expectStatus(await enter(person, code), 201)
    const [invitation] = await invitations(ben)
    const id = String(invitation?.id)
    const statuses = await Promise.all([ben, cleo].map(async (person) => (await accept(person, id)).status))
    expect(statuses.toSorted()).toEqual([200, 404])
    const [joined, late] = statuses[0] === 200 ? [ben, cleo] : [cleo, ben]
    expect(await invitations(late)).toEqual([])

    expectStatus(await ann.api.delete(`/api/collections/members/${id}`), 204)
    expectStatus(await joined.api.get(`/api/collections/workspaces/${workspace}`), 404)
    expectStatus(await accept(joined, id), 404)
    expectStatus(await joined.api.put(`/api/collections/members/${id}`, member(workspace, { user_id: joined.id })), 404)
    // The code is gone with the membership.
    expectStatus(await enter(await register(), code), 403)
  })

  test('an admin who is removed takes the invitations along', async () => {
    const [ann, ben, cleo] = [await register(), await register(), await register()]
    const workspace = crypto.randomUUID()
    await found(ann, workspace)
    expectStatus(await enter(ben, await inviteByCode(ann, workspace)), 201)
    const id = String((await invitations(ben))[0]?.id)
    expectStatus(await accept(ben, id), 200)
    expectStatus(await ann.api.patch(`/api/collections/members/${id}`, { role: 'admin' }), 200)
    expectStatus(await enter(cleo, await inviteByCode(ben, workspace)), 201)
    expectStatus(await ann.api.delete(`/api/collections/members/${id}`), 204)
    expectStatus(await accept(cleo, String((await invitations(cleo))[0]?.id)), 403)
  })

  test('seats are counted within an array and a batch too', async () => {
    const ann = await register()
    const workspace = crypto.randomUUID()
    await found(ann, workspace)
    const codes = Array.from({ length: 3 }, () => member(workspace, { code: crypto.randomUUID() }))
    expect((await ann.api.post('/api/collections/members', codes)).body.error).toMatchObject({ operation: 2 })
    const operations = codes.map((data) => ({ op: 'create', collection: 'members', data }))
    expect((await ann.api.post('/api/batch', { operations })).body.error).toMatchObject({ operation: 2 })
    expectStatus(await ann.api.post('/api/collections/members', codes.slice(1)), 201)
  })

  test('a workspace never loses its owner', async () => {
    const [ann, ben] = [await register(), await register()]
    const workspace = crypto.randomUUID()
    await found(ann, workspace)
    expectStatus(await enter(ben, await inviteByCode(ann, workspace)), 201)
    const bens = String((await invitations(ben))[0]?.id)
    expectStatus(await accept(ben, bens), 200)
    // The new owner leaves while the old one hands over: one of the two comes first, and the other is refused.
    const [transfer, leave] = await Promise.all([
      ann.api.patch(`/api/collections/workspaces/${workspace}`, { owner_id: ben.id }),
      ben.api.delete(`/api/collections/members/${bens}`),
    ])
    expect([transfer.status, leave.status].toSorted()).toEqual([transfer.status === 200 ? 200 : 204, 403])
    const owner = transfer.status === 200 ? ben : ann
    const { dir } = get().project
    const key = get().api(await createKey({ ...get().project, dir }))
    const refused = await key.delete(`/api/admin/users/${owner.id}`)
    expect(refused.status).toBe(409)
  })
}

test('the blog of the template and the one of the examples have the same rules', () => {
  const example = (path: string) => readFileSync(join(import.meta.dir, '../../../../examples/blog', path), 'utf8')
  const { files } = TEMPLATES.blog
  expect(files['schema.yaml']).toBe(forEditors(example('schema.yaml')))
  const cases = (text = '') => text.slice(text.indexOf('\n'))
  expect(cases(files['rules/blog.test.yaml'])).toBe(cases(example('rules/blog.test.yaml')))
})
