import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import {
  createApi,
  createKey,
  createProject,
  expectStatus,
  type Followed,
  LiveSocket,
  type ServerProcess,
  splitSeq,
  startServer,
  type TempProject,
  until,
} from '@koyalite/testkit'
import { createRandom, type Random } from '../fixtures/random'
import { type ModelQuery, randomQuery, readNow, type Shown } from './model-queries'
import { firstWrites, MODEL_SCHEMA, type Person, randomPromotion, randomWrite } from './model-writes'

const STEPS = Number(process.env.KOYALITE_MODEL_STEPS ?? 400)
const SEED = Number(process.env.KOYALITE_MODEL_SEED ?? Date.now() % 1_000_000)
const MAX_LISTS = 14
setDefaultTimeout(60_000 + STEPS * 500)

/** Somebody with a connection, and what they follow there. */
interface Client {
  readonly person: Person
  socket: LiveSocket
  lists: readonly ClientList[]
}

interface ClientList {
  readonly query: ModelQuery
  readonly followed: Followed
}

describe.each([
  ['one process', []],
  ...(process.platform === 'linux' ? [['several processes', ['--workers', '2']] as const] : []),
] as const)('%s', (name, args) => {
  let project: TempProject
  let server: ServerProcess
  let admin: Person
  const people: Person[] = []

  beforeAll(async () => {
    project = createProject({ schema: MODEL_SCHEMA, settings: 'auth: { rate_limit: { register: 1000/minute } }' })
    const key = await createKey(project)
    server = await startServer(project, { args })
    admin = { name: 'admin', id: null, api: createApi(server.url, key), token: key }
    const anonymous = createApi(server.url)
    for (const name of ['ann', 'ben', 'cas']) {
      const body = { email: `${name}@example.com`, password: 'a long enough password' }
      const { access_token, user } = expectStatus(await anonymous.post('/api/auth/register', body), 201).body
      people.push({ name, id: user.id, api: createApi(server.url, access_token), token: access_token })
    }
    people.push({ name: 'nobody', id: null, api: anonymous, token: undefined })
  })
  afterAll(async () => {
    await server?.kill('SIGKILL')
    project?.remove()
  })

  test(`X1 X2 A1 after any writes clients have what REST answers, at every seq (seed ${SEED})`, async () => {
    const random = createRandom(SEED + name.length)
    await firstWrites(random, people, admin)
    const everybody = [...people, admin]
    const users = people.flatMap(({ id }) => (id === null ? [] : [id]))
    const clients: Client[] = []
    for (const person of [...everybody, random.pick(people)]) clients.push(await connect(server.url, person, random))
    let compared = 0
    for (let step = 0; step < STEPS; step++) {
      const dice = random.int(1, 100)
      const client = random.pick(clients)
      const lists = clients.flatMap((one) => one.lists)
      if (dice <= 15 && lists.length < MAX_LISTS) {
        await follow(client, randomQuery(random, users))
      } else if (dice <= 18) {
        const [gone, ...rest] = client.lists
        if (gone) client.socket.unfollow(gone.followed)
        client.lists = rest
      } else if (dice <= 23) {
        await comeBack(random, { url: server.url, client }, async () => {
          for (let n = random.int(0, 3); n > 0; n--) await randomWrite(random, people, admin)
        })
      } else if (dice <= 40) {
        compared += await burst(random, clients, () => randomWrite(random, people, admin))
      } else if (dice <= 43) {
        await randomPromotion(random, people, admin)
      } else {
        await randomWrite(random, people, admin)
      }
      compared += await compareAll(clients)
    }
    expect(compared).toBeGreaterThan(STEPS)
    for (const { socket } of clients) await socket.close()
    expect((await admin.api.get('/health/ready')).status).toBe(200)
  })
})

async function connect(url: string, person: Person, random: Random): Promise<Client> {
  const over = random.pick(['socket', 'socket', 'stream'] as const)
  const socket = await LiveSocket.open(url, { over, ...(person.token !== undefined && { token: person.token }) })
  return { person, socket, lists: [] }
}

async function follow(client: Client, query: ModelQuery): Promise<void> {
  const followed = client.socket.follow(query.payload)
  client.lists = [...client.lists, { query, followed }]
  await client.socket.shown(followed)
}

/** Goes away, one way or the other, and comes back for what has been missed. */
async function comeBack(
  random: Random,
  { url, client }: { readonly url: string; readonly client: Client },
  meanwhile: () => Promise<void>,
): Promise<void> {
  const { lists } = client
  await client.socket.cut()
  await meanwhile()
  const again = await connect(url, client.person, random)
  client.socket = again.socket
  client.lists = lists
    .filter(({ followed }) => followed.error === null)
    .map(({ query, followed }) => ({ query, followed: again.socket.follow(query.payload, followed) }))
  for (const { followed } of client.lists) await again.socket.shown(followed)
}

/** Several writes at once; what is read meanwhile has to be what clients had at that seq. */
async function burst(random: Random, clients: readonly Client[], write: () => Promise<unknown>): Promise<number> {
  const seen: { readonly list: ClientList; readonly from: number; readonly shown: Promise<Shown> }[] = []
  const writes: Promise<unknown>[] = []
  for (let n = random.int(2, 8); n > 0; n--) {
    writes.push(write())
    for (const { person, lists } of clients) {
      const list = lists[random.int(0, lists.length)]
      if (!list) continue
      seen.push({ list, from: list.followed.list.states.length, shown: readNow(person.api, list.query) })
    }
    if (random.chance(0.5)) await Promise.race(writes)
  }
  await Promise.all(writes)
  await settle(clients)
  let compared = 0
  for (const { list, from, shown } of seen) {
    const { seq, docs, total } = await shown
    const state = list.followed.list.states.slice(from).find((one) => one.seq === seq)
    if (!state || typeof docs === 'string') continue
    expect({ list: list.query.payload, ...plain(state) }).toEqual({ list: list.query.payload, seq, docs, total })
    compared++
  }
  return compared
}

/** Everything that is committed has come to everybody. */
async function settle(clients: readonly Client[]): Promise<void> {
  const [first] = clients
  if (!first) return
  const { seq } = await readNow(first.person.api, { payload: { collection: 'users' }, filter: null })
  await Promise.all(
    clients.map(async ({ socket }) => {
      let settled = ''
      await until(
        async () => {
          settled = await socket.ping()
          return splitSeq(settled).n >= splitSeq(seq).n
        },
        { what: () => `what is committed as ${seq} is settled, not only ${settled}` },
      )
    }),
  )
}

/** Whatever anybody follows, compared with the same list read over REST. */
async function compareAll(clients: readonly Client[]): Promise<number> {
  await settle(clients)
  const counts = await Promise.all(
    clients.map(async (client) => {
      let compared = 0
      for (const list of client.lists) if (await compare(client, list)) compared++
      client.lists = client.lists.filter(({ followed }) => followed.error === null)
      return compared
    }),
  )
  return counts.reduce((sum, count) => sum + count, 0)
}

async function compare({ person, socket }: Client, { query, followed }: ClientList): Promise<boolean> {
  await socket.until(() => true)
  const { docs, total } = await readNow(person.api, query)
  const context = { who: person.name, list: query.payload }
  const now = followed.error ? followed.error.code : followed.list.docs
  expect({ ...context, docs: JSON.stringify(now) }).toEqual({ ...context, docs: JSON.stringify(docs) })
  if (typeof docs !== 'string') expect({ ...context, total: followed.list.total }).toEqual({ ...context, total })
  return followed.error === null
}

const plain = ({ seq, docs, total }: Omit<Shown, 'docs'> & { readonly docs: unknown }) => ({ seq, docs, total })
