import { afterEach, beforeEach, expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import { createApi, createKey, createProject, expectStatus, startServer, type TempProject } from '@koyalite/testkit'
import { checkDatabase } from '../fixtures/check-database'
import { LOAD_SCHEMA, startWriteLoad } from '../fixtures/write-load'

setDefaultTimeout(60_000)
let project: TempProject
let key = ''
beforeEach(async () => {
  project = createProject({ schema: LOAD_SCHEMA })
  key = await createKey(project)
})
afterEach(() => project.remove())

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal} during 64 concurrent writers: every write that happened was answered, and the exit code is 0`, async () => {
    const server = await startServer(project)
    const load = startWriteLoad(createApi(server.url, key), 64, signal)
    await load.reached(500)
    expect(await server.kill(signal)).toBe(0)
    await load.ended
    const found = checkDatabase(project.path('data'))
    expect(found.integrity).toEqual(['ok'])
    expect([...found.tokens].sort()).toEqual([...load.acknowledged].sort())
    for (const response of load.refused) expectStatus(response, 503)
  })
}

test('a large write that is running when the signal comes is finished', async () => {
  const server = await startServer(project)
  const api = createApi(server.url, key)
  const docs = Array.from({ length: 2000 }, (_, n) => ({ token: `t${n}`, text: 'x'.repeat(2000) }))
  const running = api.post('/api/collections/entries', docs).then(
    (response) => response.status,
    () => 0,
  )
  // Once this later request is answered, the earlier one has at least reached the server.
  await api.get('/health/live')
  expect(await server.kill('SIGTERM')).toBe(0)
  const stored = checkDatabase(project.path('data')).tokens.length
  expect([await running, stored]).toEqual((await running) === 201 ? [201, 2000] : [await running, 0])
})

test('the epoch stays over a clean stop and changes over an unclean one', async () => {
  const epoch = async (end: 'SIGTERM' | 'SIGKILL') => {
    const server = await startServer(project)
    const api = createApi(server.url, key)
    expectStatus(await api.post('/api/collections/entries', { token: crypto.randomUUID(), text: '' }), 201)
    const seq = (await api.list('entries')).headers.get('koyalite-seq') ?? ''
    await server.kill(end)
    return seq.replace(/\.\d+$/, '')
  }
  const first = await epoch('SIGTERM')
  const second = await epoch('SIGKILL')
  const third = await epoch('SIGTERM')
  expect(second).toBe(first)
  expect(third).not.toBe(second)
})

test('nothing that would be done later holds a server that has closed', async () => {
  const server = await startServer(project, { preload: join(import.meta.dir, '../fixtures/slow-timers.ts') })
  expectStatus(await createApi(server.url, key).list('entries'), 200)
  expect(await server.kill('SIGTERM')).toBe(0)
})
