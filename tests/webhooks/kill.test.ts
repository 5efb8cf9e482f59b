import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { createApi, createKey, createProject, startServer, type TempProject, until } from '@koyalite/testkit'
import { createRandom } from '../fixtures/random'
import { type Receiver, startReceiver } from './receiver'

const ROUNDS = Number(process.env.KOYALITE_KILL_ROUNDS ?? 3)
const SEED = Number(process.env.KOYALITE_KILL_SEED ?? Date.now() % 1_000_000)
const DOCUMENTS = 20
const WRITERS = 8

setDefaultTimeout(120_000 + ROUNDS * 20_000)
let project: TempProject
let receiver: Receiver
let key = ''
beforeAll(async () => {
  project = createProject({
    schema: `version: 1
collections:
  counters:
    fields: { id: { type: int, primary: true }, n: { type: int } }
    rules: { create: "true", read: "true", update: "true", delete: "true" }
`,
    settings: 'webhooks: { allow: [127.0.0.1] }\n',
  })
  key = await createKey(project)
  receiver = startReceiver()
})
afterAll(() => {
  receiver.stop()
  project.remove()
})

test(`E1, S3, S6: kill -9 ${ROUNDS} times while a receiver fails now and then: every change arrives, as it was, in order`, async () => {
  console.log(`seed ${SEED} (KOYALITE_KILL_SEED)`)
  const random = createRandom(SEED)
  /** The counts that the receiver has taken of each document. */
  const taken = new Map<number, number[]>()
  const bodies = new Map<string, string>()
  const failed = new Set<string>()
  receiver.answer = ({ id, body }) => {
    // The same bytes whenever it comes.
    expect(bodies.get(id) ?? body).toBe(body)
    bodies.set(id, body)
    // Once each: after a second failure it would wait for minutes.
    if (!failed.has(id) && random.int(1, 50) === 1) {
      failed.add(id)
      return new Response(null, { status: 500 })
    }
    const { data } = JSON.parse(body)
    const counts = taken.get(data.doc.id) ?? []
    taken.set(data.doc.id, counts)
    counts.push(data.doc.n)
    return new Response()
  }
  let server = await startServer(project)
  let api = createApi(server.url, key)
  const made = await api.post('/api/admin/webhooks', { name: 'crm', events: ['counters.*'], url: receiver.url })
  expect(made.status, made.text).toBe(201)
  for (let id = 0; id < DOCUMENTS; id++) await api.post('/api/collections/counters', { id, n: 0 })
  for (let round = 0; round < ROUNDS; round++) {
    let isOver = false
    let writes = 0
    const writers = Array.from({ length: WRITERS }, async () => {
      while (!isOver) {
        const id = random.int(0, DOCUMENTS - 1)
        const path = `/api/collections/counters/${id}`
        await api.patch(path, { n: { $inc: 1 } }).catch(() => null)
        writes++
      }
    })
    const enough = random.int(50, 400)
    await until(() => writes >= enough)
    await server.kill('SIGKILL')
    isOver = true
    await Promise.all(writers)
    server = await startServer(project)
    api = createApi(server.url, key)
  }
  const { docs } = (await api.list('counters', { limit: 100 })).body
  const waiting = async () => (await api.get('/api/admin/webhooks/crm')).body.waiting as number
  const isThere = ({ id, n }: { readonly id: number; readonly n: number }) => taken.get(id)?.at(-1) === n
  await until(async () => docs.every(isThere) && (await waiting()) === 0, { withinMs: 90_000 })
  let sum = 0
  for (const { id, n } of docs as { id: number; n: number }[]) {
    // Each count at least once, and none before a smaller one.
    expect([...new Set(taken.get(id))]).toEqual(Array.from({ length: n + 1 }, (_, count) => count))
    sum += n
  }
  expect(sum).toBeGreaterThan(ROUNDS * 20)
  expect(await server.kill('SIGTERM')).toBe(0)
})
