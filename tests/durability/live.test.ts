import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import {
  createApi,
  createKey,
  createProject,
  freePort,
  type ServerProcess,
  startServer,
  type TempProject,
} from '@koyalite/testkit'
import { PersistentList } from '../fixtures/persistent-list'
import { createRandom } from '../fixtures/random'

const ROUNDS = Number(process.env.KOYALITE_KILL_ROUNDS ?? 6)
const SEED = Number(process.env.KOYALITE_KILL_SEED ?? Date.now() % 1_000_000)
/** A list shows that many; none of the documents may be out of sight. */
const MAX_DOCUMENTS = 500

setDefaultTimeout(60_000 + ROUNDS * 20_000)
let project: TempProject
let key = ''
beforeAll(async () => {
  project = createProject({
    schema: `
version: 1
collections:
  notes:
    fields:
      id:    { type: int, primary: true, default: auto }
      group: { type: int, index: true }
      n:     { type: int, default: 0 }
    rules: { read: "true" }
`,
  })
  key = await createKey(project)
})
afterAll(() => project.remove())

test(`SIGKILL and SIGTERM under load, ${ROUNDS} times: who goes on misses nothing that was acknowledged`, async () => {
  console.log(`seed ${SEED} (KOYALITE_KILL_SEED)`)
  const random = createRandom(SEED)
  const port = freePort()
  let server: ServerProcess = await startServer(project, { port })
  const api = createApi(server.url, key)
  const queries = [
    { payload: { sort: ['-id'], limit: null }, rest: { sort: '-id', limit: MAX_DOCUMENTS } },
    { payload: { sort: ['-n', 'id'], limit: 4, count: true }, rest: { sort: '-n,id', limit: 4 } },
    { payload: { filter: { group: 1 }, fields: ['id', 'n'] }, rest: { filter: 'group:eq:1', fields: 'id,n' } },
    {
      payload: { filter: { $not: { group: { $in: [0, 1] } } }, limit: MAX_DOCUMENTS },
      rest: { filter: 'group:nin:0,1', limit: MAX_DOCUMENTS },
    },
  ]
  const followers = queries.flatMap(({ payload, rest }) =>
    (['socket', 'stream'] as const).map((over) => ({
      rest,
      list: new PersistentList(server.url, { collection: 'notes', ...payload }, { over }),
    })),
  )
  /** Values of `n` that were acknowledged, and those that may have been written without a response. */
  const acknowledged = new Map<number, number>()
  let isWriting = true
  let wanted = 0
  let written = 0
  let reached = () => {}
  const writers = Array.from({ length: 6 }, async (_, group) => {
    for (let own: number | null = null; isWriting; ) {
      if (written >= wanted + 40) {
        await Bun.sleep(1)
        continue
      }
      // Some come to be, the others grow.
      const isNew = own === null || (acknowledged.size < MAX_DOCUMENTS - 50 && random.chance(0.2))
      const response = await (isNew
        ? api.post('/api/collections/notes', { group: group % 3 })
        : api.patch(`/api/collections/notes/${own}`, { n: { $inc: 1 } })
      ).catch(() => null)
      if (response === null || response.status >= 300) {
        await Bun.sleep(5)
        continue
      }
      own = response.body.id as number
      acknowledged.set(own, response.body.n)
      if (++written >= wanted) reached()
    }
  })
  const more = (count: number) => {
    wanted = written + count
    return new Promise<void>((resolve) => {
      reached = resolve
    })
  }
  /** Everybody has what REST answers, and in it everything that was acknowledged. */
  const compare = async () => {
    const { docs } = (await api.list('notes', { limit: MAX_DOCUMENTS })).body
    const stored = new Map<number, number>(docs.map((doc: { id: number; n: number }) => [doc.id, doc.n]))
    for (const [id, n] of acknowledged) expect(stored.get(id) ?? -1).toBeGreaterThanOrEqual(n)
    for (const { rest, list } of followers) {
      const expected = JSON.stringify((await api.list('notes', rest)).body.docs)
      await list.until((known) => JSON.stringify(known) === expected)
    }
  }
  let killed = 0
  for (let round = 0; round < ROUNDS; round++) {
    await more(random.int(1, 80))
    const signal = random.pick(['SIGKILL', 'SIGKILL', 'SIGTERM'] as const)
    if (signal === 'SIGKILL') killed++
    await server.kill(signal)
    server = await startServer(project, { port })
  }
  await more(20)
  isWriting = false
  await Promise.all(writers)
  await compare()
  for (const { list } of followers) {
    await list.stop()
    expect(list.returns).toBeGreaterThanOrEqual(ROUNDS)
    // After an unclean end there is another epoch, and nobody can say what was missed.
    expect(list.resumed).toBeLessThanOrEqual(list.returns - killed)
  }
  expect(await server.kill('SIGTERM')).toBe(0)
})
