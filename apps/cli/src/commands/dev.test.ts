import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import {
  createApi,
  createProject,
  koyaliteEnvironment,
  LiveSocket,
  type ServerProcess,
  startServer,
  type TempProject,
  until,
} from '@koyalite/testkit'

setDefaultTimeout(60_000)

const schema = (fields = '') => `version: 1
collections:
  notes:
    fields:
      id: { type: int, primary: true, default: auto }
      title: { type: string }
${fields}    rules: { read: "true", create: "true" }
`

let project: TempProject
let server: ServerProcess
beforeAll(async () => {
  project = createProject({
    schema: schema(),
    settings: 'name: journal\n',
    files: { 'seeds/notes.yaml': '- { id: 1, title: First }\n' },
  })
  server = await startServer(project, { command: 'dev', args: ['--seed', '--no-studio'] })
})
afterAll(async () => {
  await server.kill('SIGKILL')
  project.remove()
})

/** Waits until what `dev` has printed contains `text`. */
async function said(text: string | RegExp): Promise<void> {
  const found = () => (typeof text === 'string' ? server.output().includes(text) : text.test(server.output()))
  await until(found, { what: () => `dev said ${text}, not only:\n${server.output()}` })
}

test('greets with something to try, after seeding', async () => {
  await said(`Try:   curl '${server.url}/api/collections/notes?limit=3'`)
  expect(server.output()).toContain('notes  1 new')
  expect((await createApi(server.url).list('notes')).body.docs).toEqual([{ id: 1, title: 'First' }])
})

test('says why rules deny something, with a command that works as it is', async () => {
  const refused = await createApi(server.url).patch('/api/collections/notes/1', { title: "It's mine; $HOME" })
  expect([refused.status, refused.body.error.details.length]).toEqual([401, 2])
  await said(
    /denied {2}PATCH \/api\/collections\/notes\/1 {2}401 UNAUTHENTICATED, anonymous: schema\.yaml:\d+:3 Nobody may update/,
  )
  await said(/denied {2}PATCH .*\n {2}.+\n/)
  const command = /denied {2}PATCH .*\n {2}(.*)\n/.exec(server.output())?.[1] ?? ''
  expect(refused.body.error.details[1]).toEqual({ field: '', code: 'explain', message: command })
  const pasted = Bun.spawnSync(['sh', '-c', command], { env: koyaliteEnvironment() })
  expect(pasted.exitCode, pasted.stderr.toString()).toBe(0)
  expect(pasted.stdout.toString()).toContain("Nobody may update 'notes'")
})

test('follows schema.yaml, and says what changed', async () => {
  project.write('schema.yaml', schema('      pinned: { type: bool, default: false }\n'))
  await said(/schema\.yaml changed {2}.*notes\.pinned.*✓ migrated {2}\(\d/)
  expect((await createApi(server.url).list('notes')).body.docs).toEqual([{ id: 1, title: 'First', pinned: false }])
})

test('goes on with the last valid schema, and says what is wrong', async () => {
  project.write('schema.yaml', schema('      pinned: { type: boool }\n'))
  await said("schema.yaml:7:23 unknown type 'boool' (did you mean 'bool'?)")
  expect((await createApi(server.url).list('notes')).status).toBe(200)
})

test('writes seeds again when they change', async () => {
  project.write('schema.yaml', schema('      pinned: { type: bool, default: false }\n'))
  project.write('seeds/notes.yaml', '- { id: 1, title: Changed }\n- { id: 2, title: Second }\n')
  await said('notes  1 new, 1 updated')
  expect((await createApi(server.url).list('notes', { fields: 'title' })).body.docs).toEqual([
    { title: 'Changed' },
    { title: 'Second' },
  ])
})

test('a setting that waits for a restart does not keep back the others, nor the schema', async () => {
  project.write('koyalite.yaml', 'name: journal\nlogs: { level: warn }\nserver: { max_body: 20b }\n')
  await said('koyalite.yaml changed  logs.level will change when you restart dev')
  await said(/koyalite\.yaml changed {2}✓ loaded/)
  expect((await createApi(server.url).post('/api/collections/notes', { title: 'Longer than that' })).status).toBe(413)
  project.write(
    'schema.yaml',
    schema('      starred: { type: bool, default: false }\n      pinned: { type: bool, default: false }\n'),
  )
  await said(/schema\.yaml changed {2}.*notes\.starred.*✓ migrated/)
})

test('says why a subscription is refused', async () => {
  const before = server.output().length
  const files = schema('      starred: { type: bool, default: false }\n      pinned: { type: bool, default: false }\n')
  project.write('schema.yaml', files.replace('read: "true"', 'read: "auth.id != null"'))
  await until(() => server.output().slice(before).includes('✓'), { what: 'the change is served' })
  const socket = await LiveSocket.open(server.url)
  socket.follow({ collection: 'notes' })
  await said(/denied {2}subscription to 'notes' {2}401 UNAUTHENTICATED, anonymous: .*auth\.id != null is never true/)
  project.write('schema.yaml', files.replace('read: "true"', 'read: "doc.title == \'mine\'"'))
  await until(() => server.output().slice(before).split('✓').length > 2, { what: 'the second change is served' })
  socket.follow({ collection: 'notes' })
  await said(
    /denied {2}subscription to 'notes' {2}empty, though documents match, anonymous: .*doc\.title == 'mine' is false/,
  )
  await socket.close()
})

test('tells only connections of this machine why', async () => {
  const refused = async (headers: Readonly<Record<string, string>>) => {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/api/realtime`, {
      headers,
    } as Bun.WebSocketOptions)
    const error = Promise.withResolvers<{ code: string; details: readonly { code: string }[] }>()
    socket.onmessage = ({ data }) => {
      const { type, payload } = JSON.parse(String(data))
      if (type === 'connected')
        socket.send(JSON.stringify({ id: 1, type: 'subscribe', payload: { collection: 'users' } }))
      if (type === 'error') error.resolve(payload)
    }
    const { code, details } = await error.promise
    socket.close()
    return [code, details.map((detail) => detail.code)]
  }
  expect(await refused({})).toEqual(['UNAUTHENTICATED', ['rule', 'explain']])
  for (const headers of [{ 'x-forwarded-for': '127.0.0.1' }, { origin: 'https://evil.example.com' }])
    expect(await refused(headers)).toEqual(['UNAUTHENTICATED', []])
})

test('ends when it is asked to', async () => {
  expect(await server.kill('SIGINT')).toBe(0)
})
