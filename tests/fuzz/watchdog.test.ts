import { expect, setDefaultTimeout, test } from 'bun:test'
import { expectStatus, freePort, useServer } from '@koyalite/testkit'
import { createRandom } from '../fixtures/random'
import { HOSTILE, HOSTILE_MESSAGES, HOSTILE_SCHEMA, LARGE, MANY_SMALL } from './hostile-load'

const ROUNDS = Number(process.env.KOYALITE_WATCHDOG_ROUNDS ?? 1)
const SEED = Number(process.env.KOYALITE_FUZZ_SEED ?? Date.now() % 1_000_000)
/** Processor time of one turn: on a quiet machine it is 50 ms; a busy one shares its caches and cores. */
const BOUND_MS = Number(process.env.KOYALITE_WATCHDOG_MS ?? 100)
/** A collection of garbage, or a busy machine, lengthens one turn of many; what a request costs is there each time. */
const TRIES = 4

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

/** The longest turn while something is done: of several times the shortest, where the first is too long. */
async function turnDuring(run: () => Promise<void>): Promise<number> {
  let shortest = Number.POSITIVE_INFINITY
  for (let tries = 0; tries < TRIES && shortest > BOUND_MS; tries++) {
    await longestTurn()
    await run()
    shortest = Math.min(shortest, await longestTurn())
  }
  return shortest
}

/** Follows a list that the requests change, as clients do while others write. */
async function follow(): Promise<WebSocket> {
  const socket = new WebSocket(`${server.process.url.replace('http', 'ws')}/api/realtime`)
  const snapshot = new Promise<void>((resolve, reject) => {
    socket.onopen = () =>
      socket.send('{"id":1,"type":"subscribe","payload":{"collection":"posts","sort":"-views","limit":20}}')
    socket.onmessage = ({ data }) => {
      if (String(data).startsWith('{"id":1,"type":"snapshot"')) resolve()
    }
    socket.onclose = reject
  })
  await snapshot
  return socket
}

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
  const small = Array.from({ length: LARGE / 4 }, () => ({}))
  expectStatus(await server.api.put(`/api/collections/posts/${MANY_SMALL}`, { title: 'a', meta: small }), 200, 201)
}

test.skipIf(process.env.KOYALITE_BIN !== undefined)(
  `no request of up to 1 MB holds the event loop: ${ROUNDS} of each kind`,
  async () => {
    console.log(`seed ${SEED} (KOYALITE_FUZZ_SEED)`)
    const random = createRandom(SEED)
    await plant()
    const follower = await follow()
    const longest = new Map<string, number>()
    for (let round = 0; round < ROUNDS; round++) {
      for (const [kind, generate] of Object.entries(HOSTILE)) {
        const send = async (size: number) => {
          const { method, path, headers = {}, body } = generate(random, size)
          const caller = path.startsWith('/api/admin/') ? server.api : server.anonymous
          const response = await caller.request(method, path, { headers, ...(body === undefined ? {} : { raw: body }) })
          expect(response.status === 500, `${kind}: ${response.text.slice(0, 300)}`).toBe(false)
        }
        // The first of a kind compiles what the others use.
        await send(LARGE / 50)
        const size = random.pick([LARGE, LARGE, LARGE / 5])
        longest.set(kind, Math.max(longest.get(kind) ?? 0, await turnDuring(() => send(size))))
      }
    }
    for (const [kind, message] of Object.entries(HOSTILE_MESSAGES)) {
      await responseTo(message(LARGE / 50))
      longest.set(`message: ${kind}`, await turnDuring(() => responseTo(message(LARGE - 200))))
    }
    follower.close()
    const slow = [...longest].filter(([, ms]) => ms > 50).toSorted(([, a], [, b]) => b - a)
    if (slow.length > 0) console.log(slow.map(([kind, ms]) => `${ms.toFixed(0)} ms ${kind}`).join('\n'))
    expect(slow.filter(([, ms]) => ms > BOUND_MS)).toEqual([])
  },
)
