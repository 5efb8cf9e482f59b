import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { createProject, runKoyalite, startServer, type TempProject } from '@koyalite/testkit'

setDefaultTimeout(60_000)

const SCHEMA = 'version: 1\ncollections:\n  notes: { fields: { id: { type: int, primary: true } } }\n'

let project: TempProject
const asked: string[] = []
let status = 204
const receiver = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  async fetch(request) {
    asked.push(JSON.parse(await request.text()).type)
    return new Response(null, { status })
  },
})
beforeAll(() => {
  project = createProject({ schema: SCHEMA, settings: 'webhooks: { allow: [127.0.0.1] }\n' })
})
afterAll(() => {
  receiver.stop(true)
  project.remove()
})
const run = (...args: readonly string[]) => runKoyalite(['webhooks', ...args, '--dir', project.dir])
const json = async (...args: readonly string[]) => {
  const { code, stdout, stderr } = await run(...args, '--json')
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr}`)
  return JSON.parse(stdout)
}
const url = `http://127.0.0.1:${receiver.port}/`

test('endpoints without a server: made, listed, tried, rotated, disabled and enabled', async () => {
  expect((await run('list')).stderr).toContain('There are no webhook endpoints yet')
  expect((await run('create', 'crm', '--url', url)).code).toBe(2)
  const wrong = await run('create', 'crm', '--url', 'http://10.0.0.1/', '--event', 'notes.*')
  expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('webhooks.allow')])
  const made = await run('create', 'crm', '--url', url, '--event', 'notes.*', '--field', 'id', '--thin')
  expect([made.code, made.stdout]).toEqual([0, expect.stringMatching(/^whsec_\S{44}\n$/)])
  expect(await json('list')).toMatchObject({
    endpoints: [{ name: 'crm', events: ['notes.*'], fields: ['id'], payload: 'thin', source: 'api' }],
  })
  expect((await run('list')).stdout).toMatch(/crm +ok +0 +notes\.\* +http/)
  expect(await json('test', 'crm')).toMatchObject({ ok: true, status: 204 })
  status = 500
  const failed = await run('test', 'crm')
  expect([failed.code, failed.stderr]).toEqual([1, expect.stringContaining('crm did not take it: answered 500')])
  status = 204
  expect((await json('rotate', 'crm', '--revoke')).secret).toMatch(/^whsec_/)
  expect((await run('disable', 'crm')).stdout).toContain('crm is disabled')
  expect((await run('list')).stdout).toContain('disabled (operator)')
  expect(await json('enable', 'crm')).toMatchObject({ enabled: true, secret: null })
  expect((await run('test', 'nobody')).stderr).toContain("There is no webhook endpoint 'nobody'")
})

test('what a command changes is sent when a server runs; deliveries are listed and sent again', async () => {
  asked.length = 0
  const server = await startServer(project)
  const control = (path: string, init: RequestInit) =>
    fetch(`http://localhost${path}`, { ...init, unix: project.path('data/koyalite.sock') })
  await control('/api/collections/notes', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"id":1}',
  })
  const list = async () => (await json('deliveries', 'crm', '--state', 'delivered')).deliveries
  let found = await list()
  while (found.length === 0) found = await list()
  expect(found).toMatchObject([{ event: 'notes.created', document: 'notes/1', attempts: [{ ok: true }] }])
  expect((await run('deliveries', 'crm')).stdout).toContain('notes.created')
  const replayed = await json('replay', 'crm', '--delivery', found[0].id, '--new-id')
  expect(replayed).toMatchObject({ replay_of: found[0].id })
  expect(await json('replay', 'crm', '--from', '2020-01-01')).toEqual({ events: expect.any(Number) })
  for (const args of [
    [],
    ['--delivery', '1', '--from', '2020-01-01'],
    ['--from', 'soon'],
    ['--from', '2020-01-01', '--new-id'],
  ])
    expect((await run('replay', 'crm', ...args)).code).toBe(2)
  expect(await server.kill('SIGTERM')).toBe(0)
  expect(asked.filter((type) => type === 'notes.created').length).toBeGreaterThanOrEqual(2)
})
