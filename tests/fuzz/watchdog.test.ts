import { expect, setDefaultTimeout, test } from 'bun:test'
import { expectStatus, freePort, useServer } from '@koyalite/testkit'
import { createRandom } from '../fixtures/random'
import { HOSTILE, HOSTILE_MESSAGES, HOSTILE_SCHEMA, LARGE } from './hostile-load'

const ROUNDS = Number(process.env.KOYALITE_WATCHDOG_ROUNDS ?? 1)
const SEED = Number(process.env.KOYALITE_FUZZ_SEED ?? Date.now() % 1_000_000)
/** Processor time of one turn: what is measured on a quiet machine is below 50 ms; a busy one shares its caches. */
const BOUND_MS = Number(process.env.KOYALITE_WATCHDOG_MS ?? 250)

const port = freePort()
const server = useServer({
  schema: HOSTILE_SCHEMA,
  settings:
    'server: { query_timeout: 2s }\nauth: { rate_limit: { register: 1000000/second, login: 1000000/second } }\n',
  preload: `${import.meta.dir}/loop-watchdog.ts`,
  env: { WATCHDOG_PORT: String(port) },
})
setDefaultTimeout(120_000 + ROUNDS * 120_000)

/** The longest turn since it was asked last. */
const longestTurn = async () => Number(await (await fetch(`http://127.0.0.1:${port}`)).text())

/** Sends a message on a connection of its own, and waits until the server has said something to it. */
function responseTo(message: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const socket = new WebSocket(`${server.process.url.replace('http', 'ws')}/api/realtime`)
  socket.onopen = () => socket.send(message)
  socket.onmessage = ({ data }) => {
    if (!String(data).startsWith('{"type":"connected"')) socket.close()
  }
  socket.onclose = () => resolve()
  return promise
}

async function plant(): Promise<void> {
  const short = Array.from({ length: 20 }, (_, n) => ({
    title: 'a',
    views: n,
    text: 'ab'.repeat(5_000),
    meta: [n, { a: n }, 'x'],
  }))
  expectStatus(await server.api.post('/api/collections/posts', short), 201)
  const long = Array.from({ length: 8 }, (_, n) => ({ title: 'b', views: n, text: 'a'.repeat(900_000) }))
  for (const document of long) expectStatus(await server.api.post('/api/collections/posts', document), 201)
  const key = '00000000-0000-7000-8000-000000000001'
  expectStatus(await server.api.put(`/api/collections/posts/${key}`, { title: 'a', meta: [1] }), 200, 201)
}

test.skipIf(process.env.KOYALITE_BIN !== undefined)(
  `no request of up to 1 MB holds the event loop: ${ROUNDS} of each kind`,
  async () => {
    console.log(`seed ${SEED} (KOYALITE_FUZZ_SEED)`)
    const random = createRandom(SEED)
    await plant()
    const longest = new Map<string, number>()
    for (let round = 0; round < ROUNDS; round++) {
      for (const [kind, generate] of Object.entries(HOSTILE)) {
        // The first of a kind compiles what the others use.
        for (const size of [LARGE / 50, random.pick([LARGE, LARGE, LARGE / 5])]) {
          const { method, path, headers = {}, body } = generate(random, size)
          await longestTurn()
          const caller = path.startsWith('/api/admin/') ? server.api : server.anonymous
          const response = await caller.request(method, path, { headers, ...(body === undefined ? {} : { raw: body }) })
          expect(response.status === 500, `${kind}: ${response.text.slice(0, 300)}`).toBe(false)
          if (size !== LARGE / 50) longest.set(kind, Math.max(longest.get(kind) ?? 0, await longestTurn()))
        }
      }
    }
    for (const [kind, message] of Object.entries(HOSTILE_MESSAGES)) {
      for (const size of [LARGE / 50, LARGE - 200]) {
        await longestTurn()
        await responseTo(message(size))
        if (size !== LARGE / 50) longest.set(`message: ${kind}`, await longestTurn())
      }
    }
    const slow = [...longest].filter(([, ms]) => ms > 50).toSorted(([, a], [, b]) => b - a)
    if (slow.length > 0) console.log(slow.map(([kind, ms]) => `${ms.toFixed(0)} ms ${kind}`).join('\n'))
    expect(slow.filter(([, ms]) => ms > BOUND_MS)).toEqual([])
  },
)
