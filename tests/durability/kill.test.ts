import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { createApi, createKey, createProject, expectStatus, startServer, type TempProject } from '@koyalite/testkit'
import { checkDatabase } from '../fixtures/check-database'
import { createRandom } from '../fixtures/random'
import { LOAD_SCHEMA, startWriteLoad, storedTokens } from '../fixtures/write-load'

const ROUNDS = Number(process.env.KOYALITE_KILL_ROUNDS ?? 6)
const SEED = Number(process.env.KOYALITE_KILL_SEED ?? Date.now() % 1_000_000)
const WRITERS = 64

setDefaultTimeout(60_000 + ROUNDS * 20_000)
let project: TempProject
let key = ''
beforeAll(async () => {
  project = createProject({ schema: LOAD_SCHEMA })
  key = await createKey(project)
})
afterAll(() => project.remove())

test(`kill -9 during ${WRITERS} concurrent writers, ${ROUNDS} times: every acknowledged document is there, none twice`, async () => {
  console.log(`seed ${SEED} (KOYALITE_KILL_SEED)`)
  const random = createRandom(SEED)
  const sent = new Set<string>()
  const acknowledged = new Set<string>()
  const epochs: string[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const server = await startServer(project)
    const api = createApi(server.url, key)
    const before = await api.list('entries', { limit: 1 })
    epochs.push((before.headers.get('koyalite-seq') ?? '').replace(/\.\d+$/, ''))
    const load = startWriteLoad(api, WRITERS, `r${round}`)
    await load.reached(random.int(1, 3000))
    await server.kill('SIGKILL')
    await load.ended
    for (const token of load.sent) sent.add(token)
    for (const token of load.acknowledged) acknowledged.add(token)
    expect(load.refused.map((response) => response.text)).toEqual([])

    const found = checkDatabase(project.path('data'))
    expect(found.integrity).toEqual(['ok'])
    expect(found.foreignKeys).toEqual([])
    const stored = new Set(found.tokens)
    expect(stored.size, 'none twice').toBe(found.tokens.length)
    expect(
      [...acknowledged].filter((token) => !stored.has(token)),
      `lost in round ${round}`,
    ).toEqual([])
    expect(found.tokens.filter((token) => !sent.has(token))).toEqual([])
    expect(halfWritten(found.tokens), 'an array or batch is all or none').toEqual([])
  }
  expect(new Set(epochs).size, 'every unclean end begins a new epoch').toBe(ROUNDS)

  const server = await startServer(project)
  const tokens = await storedTokens(createApi(server.url, key))
  expect(new Set(tokens).size).toBe(tokens.length)
  expect([...acknowledged].filter((token) => !tokens.includes(token))).toEqual([])
  expect(await server.kill('SIGTERM')).toBe(0)
})

test('an increment that was acknowledged is counted exactly once', async () => {
  let server = await startServer(project)
  let api = createApi(server.url, key)
  expectStatus(await api.put('/api/collections/counters/c', { n: 0 }), 200, 201)
  let confirmed = 0
  let sent = 0
  const clients = Array.from({ length: 16 }, async () => {
    for (;;) {
      sent++
      const response = await api.patch('/api/collections/counters/c', { n: { $inc: 1 } }).catch(() => undefined)
      if (response === undefined) return
      expectStatus(response, 200)
      if (++confirmed === 500) server.kill('SIGKILL')
    }
  })
  await Promise.all(clients)
  await server.exited
  server = await startServer(project)
  api = createApi(server.url, key)
  const { n } = (await api.get('/api/collections/counters/c')).body
  expect(n).toBeGreaterThanOrEqual(confirmed)
  expect(n).toBeLessThanOrEqual(sent)
  await server.kill('SIGKILL')
})

/** Writes of three documents of which fewer are there. */
function halfWritten(tokens: readonly string[]): readonly string[] {
  const parts = new Map<string, number>()
  for (const token of tokens) {
    const write = token.slice(0, token.lastIndexOf('-'))
    parts.set(write, (parts.get(write) ?? 0) + 1)
  }
  return [...parts]
    .filter(([write, count]) => count !== (Number(write.split('-')[2]) % 5 === 0 ? 3 : 1))
    .map(([write]) => write)
}
