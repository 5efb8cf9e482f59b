import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { readFileSync, writeFileSync } from 'node:fs'
import {
  createApi,
  createKey,
  createProject,
  expectError,
  expectStatus,
  runKoyalite,
  type ServerProcess,
  startServer,
  type TempProject,
} from '@koyalite/testkit'
import { startWorkerServer, untilServed, type WorkerServer } from '../workers/worker-server'

setDefaultTimeout(120_000)

const SCHEMA = `
version: 1
collections:
  posts:
    fields:
      id:    { type: int, primary: true, default: auto }
      title: { type: string }
`
const HOOK = `import { defineHooks } from '@koyalite/hooks'

export default defineHooks({
  posts: {
    beforeCreate(_, data) {
      while (data.title === 'loop');
    },
  },
})
`
const PLACE = 'posts.beforeCreate in hooks/posts.ts'
const POSTS = '/api/collections/posts'

let project: TempProject
let key = ''
const open: ServerProcess[] = []
beforeAll(async () => {
  project = createProject({ schema: SCHEMA, files: { 'hooks/posts.ts': HOOK } })
  key = await createKey(project)
})
afterAll(async () => {
  for (const server of open) await server.kill('SIGKILL')
  project.remove()
})

const stoppedFile = () => project.path('data/hooks/stopped.json')
const readStopped = () =>
  JSON.parse(readFileSync(stoppedFile(), 'utf8')) as { hooks: { place: string; at: string[] }[] }

test.skipIf(process.platform !== 'linux')(
  'a hook that never ends: the server is replaced under its own process id, with its workers; nothing acknowledged is lost',
  async () => {
    const server: WorkerServer = await startWorkerServer(project, 2)
    open.push(server)
    const api = createApi(server.url, key)
    const before = server.workers()
    for (const title of ['a', 'b', 'c']) expectStatus(await api.post(POSTS, { title }), 201)
    const looping = api.post(POSTS, { title: 'loop' }).then(
      ({ status }) => status,
      () => 'cut off',
    )
    await server.said(`${PLACE} has held the server for 10 s`)
    expect(await looping).not.toBe(201)
    await untilServed(server.url, 2)
    expect(server.workers()).toHaveLength(2)
    expect(server.workers().some((pid) => before.includes(pid))).toBe(false)
    expectStatus(await api.post(POSTS, { title: 'd' }), 201)
    const { docs } = expectStatus(await api.list('posts', { sort: 'id' }), 200).body
    expect(docs.map(({ title }: { title: string }) => title)).toEqual(['a', 'b', 'c', 'd'])
    expect(readStopped().hooks).toMatchObject([{ place: PLACE, at: [expect.any(String)] }])
    expect(await server.kill('SIGTERM')).toBe(0)
  },
)

test('after three times the hook is off: its writes are refused, doctor names it, and other code switches it on', async () => {
  const { hooks } = readStopped()
  const at = Array.from({ length: 3 }, () => hooks[0]?.at[0])
  writeFileSync(stoppedFile(), JSON.stringify({ hooks: hooks.map((hook) => ({ ...hook, at })) }))
  const server = await startServer(project)
  open.push(server)
  const api = createApi(server.url, key)
  const refused = await api.post(POSTS, { title: 'e' })
  expectError(refused, 'UNAVAILABLE')
  expect(refused.text).not.toMatch(/hooks\/|beforeCreate|watchdog/)
  const [first] = expectStatus(await api.get(POSTS), 200).body.docs
  expectStatus(await api.patch(`${POSTS}/${first.id}`, { title: 'changed' }), 200)
  const { stdout } = await runKoyalite(['doctor', '--json', '--dir', project.dir])
  expect(stdout).toContain(`${PLACE} is off, and the writes that it belongs to are refused`)
  expect((await runKoyalite(['hooks', 'list', '--dir', project.dir])).stdout).toContain('off: it has held the server')
  expect(await server.kill('SIGTERM')).toBe(0)

  writeFileSync(project.path('hooks/posts.ts'), HOOK.replace("while (data.title === 'loop');", "data.title += '!'"))
  const again = await startServer(project)
  open.push(again)
  const written = expectStatus(await createApi(again.url, key).post(POSTS, { title: 'e' }), 201)
  expect(written.body.title).toBe('e!')
  expect(readStopped().hooks).toEqual([])
})
