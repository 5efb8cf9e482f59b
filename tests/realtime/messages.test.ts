import { describe, expect, test } from 'bun:test'
import {
  expectStatus,
  LiveSocket,
  OPCODES,
  type RawWebSocket,
  rawWebSocket,
  serverMessage,
  useServer,
} from '@koyalite/testkit'
import fc from 'fast-check'

const server = useServer({
  settings: 'auth: { rate_limit: { register: 1000/minute } }',
  schema: `
version: 1
collections:
  notes:
    fields:
      id:    { type: int, primary: true, default: auto }
      text:  { type: string, nullable: true }
      owner: { type: uuid, nullable: true, references: users.id }
      more:  { type: json, nullable: true }
    rules: { read: "doc.owner == null || doc.owner == auth.id" }
`,
})
const SEED = Number(process.env.KOYALITE_FUZZ_SEED ?? Date.now() % 1_000_000)
const RUNS = Number(process.env.KOYALITE_FUZZ_MESSAGES ?? 1500)

async function open(): Promise<RawWebSocket> {
  const socket = await rawWebSocket(`${server.process.url}/api/realtime`)
  expect((await socket.message()).type).toBe('connected')
  return socket
}

/** What a message is answered with, until the answer to a ping behind it. */
async function responsesTo(socket: RawWebSocket, text: string): Promise<readonly ReturnType<typeof serverMessage>[]> {
  const mark = crypto.randomUUID()
  socket.frame(OPCODES.text, text)
  socket.frame(OPCODES.text, JSON.stringify({ id: mark, type: 'ping' }))
  const responses = []
  for (;;) {
    const response = serverMessage(await socket.message())
    if ('id' in response && response.id === mark && response.type === 'pong') return responses
    responses.push(response)
  }
}

const text = (message: unknown) => (typeof message === 'string' ? message : JSON.stringify(message))
const subscribe = (payload: unknown, id: unknown = 1) => ({ id, type: 'subscribe', payload })
const DEEP = (depth: number) => `{"id":1,"type":"ping","payload":${'['.repeat(depth)}${']'.repeat(depth)}}`
const deepFilter = (depth: number): object => (depth === 0 ? { id: 1 } : { $not: deepFilter(depth - 1) })

describe('M1 a wrong message is answered with an error, and the connection goes on', () => {
  test.each([
    ['', 'INVALID_JSON'],
    [' ', 'INVALID_JSON'],
    ['ping', 'INVALID_JSON'],
    ['{"type":"ping"', 'INVALID_JSON'],
    ['{"type":"ping"}{}', 'INVALID_JSON'],
    ['\u0000', 'INVALID_JSON'],
    ['{"id":1,"type":"ping","payload":"\u0001"}', 'INVALID_JSON'],
    [DEEP(100_000), 'INVALID_JSON'],
    ['null', 'INVALID_REQUEST'],
    ['1', 'INVALID_REQUEST'],
    ['"ping"', 'INVALID_REQUEST'],
    ['[{"type":"ping"}]', 'INVALID_REQUEST'],
    [{}, 'INVALID_REQUEST'],
    [{ type: null }, 'INVALID_REQUEST'],
    [{ type: 'Ping' }, 'INVALID_REQUEST'],
    [{ type: 'snapshot', payload: {} }, 'INVALID_REQUEST'],
    [{ type: 'constructor' }, 'INVALID_REQUEST'],
    [{ type: 'ping', more: 1 }, 'INVALID_REQUEST'],
    [{ id: 'x'.repeat(201), type: 'ping' }, 'INVALID_REQUEST'],
    [{ id: { a: 1 }, type: 'ping' }, 'INVALID_REQUEST'],
    [{ id: null, type: 'ping' }, 'INVALID_REQUEST'],
    ['{"id":1e999,"type":"ping"}', 'INVALID_JSON'],
    [{ type: 'subscribe', payload: { collection: 'notes' } }, 'INVALID_REQUEST'],
    [subscribe(null), 'INVALID_REQUEST'],
    [subscribe([]), 'INVALID_REQUEST'],
    [subscribe({}), 'INVALID_REQUEST'],
    [subscribe({ collection: 1 }), 'INVALID_REQUEST'],
    [subscribe({ collection: '' }), 'COLLECTION_NOT_FOUND'],
    [subscribe({ collection: '__proto__' }), 'COLLECTION_NOT_FOUND'],
    [subscribe({ collection: '_koyalite_changes' }), 'COLLECTION_NOT_FOUND'],
    [subscribe({ collection: 'x'.repeat(201) }), 'INVALID_REQUEST'],
    [subscribe({ collection: 'notes', filter: [] }), 'INVALID_REQUEST'],
    [subscribe({ collection: 'notes', filter: 'id:eq:1' }), 'INVALID_REQUEST'],
    [subscribe({ collection: 'notes', filter: { nothing: 1 } }), 'INVALID_FILTER'],
    [subscribe({ collection: 'notes', filter: { id: { $is: 1 } } }), 'INVALID_FILTER'],
    [subscribe({ collection: 'notes', filter: { id: { $eq: 'x' } } }), 'INVALID_FILTER'],
    [subscribe({ collection: 'notes', filter: { id: { $in: 1 } } }), 'INVALID_FILTER'],
    [subscribe({ collection: 'notes', filter: { $or: {} } }), 'INVALID_FILTER'],
    [subscribe({ collection: 'notes', filter: { $not: [] } }), 'INVALID_FILTER'],
    [subscribe({ collection: 'notes', filter: deepFilter(5000) }), 'INVALID_FILTER', 'INVALID_JSON'],
    [subscribe({ collection: 'notes', where: 'doc.' }), 'INVALID_FILTER'],
    [subscribe({ collection: 'notes', where: 'users.exists(u, true)' }), 'INVALID_FILTER'],
    [subscribe({ collection: 'notes', where: '('.repeat(10_000) }), 'INVALID_FILTER'],
    [subscribe({ collection: 'notes', where: 1 }), 'INVALID_REQUEST'],
    [subscribe({ collection: 'notes', where: 'doc.text == $1' }), 'INVALID_FILTER'],
    [subscribe({ collection: 'notes', where: 'doc.text == $1', params: ['a', 'b'] }), 'INVALID_FILTER'],
    [subscribe({ collection: 'notes', where: "doc.text == '$1'", params: ['a'] }), 'INVALID_FILTER'],
    [subscribe({ collection: 'notes', where: 'doc.text == $1', params: 'a' }), 'INVALID_REQUEST'],
    [subscribe({ collection: 'notes', where: 'doc.id == $1', params: { 1: 1 } }), 'INVALID_REQUEST'],
    [subscribe({ collection: 'notes', params: ['a'] }), 'INVALID_REQUEST'],
    [subscribe({ collection: 'notes', sort: ['nothing'] }), 'INVALID_SORT'],
    [subscribe({ collection: 'notes', sort: [1] }), 'INVALID_REQUEST'],
    [subscribe({ collection: 'notes', limit: 0 }), 'INVALID_REQUEST'],
    [subscribe({ collection: 'notes', limit: 501 }), 'INVALID_REQUEST'],
    [subscribe({ collection: 'notes', limit: 1.5 }), 'INVALID_REQUEST'],
    [subscribe({ collection: 'notes', limit: '5' }), 'INVALID_REQUEST'],
    [subscribe({ collection: 'notes', offset: 5 }), 'INVALID_REQUEST'],
    [subscribe({ collection: 'notes', cursor: 'x' }), 'INVALID_REQUEST'],
    [subscribe({ collection: 'notes', expand: ['nothing'] }), 'INVALID_REQUEST'],
    [subscribe({ collection: 'notes', fields: ['nothing'] }), 'INVALID_REQUEST'],
    [subscribe({ collection: 'notes', count: 'yes' }), 'INVALID_REQUEST'],
    [subscribe({ collection: 'notes', etags: 'yes' }), 'INVALID_REQUEST'],
    [subscribe({ collection: 'notes', aggregate: {}, etags: true }), 'INVALID_REQUEST'],
    [subscribe({ collection: 'notes', since: 5 }), 'INVALID_REQUEST'],
    [{ id: 1, type: 'unsubscribe', payload: {} }, 'INVALID_REQUEST'],
    [{ id: 1, type: 'unsubscribe', payload: { subscription_id: 's1' } }, 'NOT_FOUND'],
    [{ id: 1, type: 'auth' }, 'INVALID_REQUEST'],
    [{ id: 1, type: 'auth', payload: { token: 1 } }, 'INVALID_REQUEST'],
    [{ id: 1, type: 'auth', payload: { token: '' } }, 'UNAUTHENTICATED'],
    [{ id: 1, type: 'auth', payload: { token: 'nonsense' } }, 'UNAUTHENTICATED'],
    [{ id: 1, type: 'auth', payload: { token: 'kl_nonsense' } }, 'UNAUTHENTICATED'],
    [{ id: 1, type: 'auth', payload: { token: 'a.b.c' } }, 'UNAUTHENTICATED'],
    [{ id: 1, type: 'auth', payload: { token: 'x'.repeat(10_001) } }, 'INVALID_REQUEST'],
  ] as [unknown, ...string[]][])('%j', async (message, ...codes) => {
    const socket = await open()
    const responses = await responsesTo(socket, text(message))
    expect(responses).toHaveLength(1)
    const [response] = responses
    if (response?.type !== 'error') throw new Error(JSON.stringify(response))
    expect(codes).toContain(response.payload.code)
    socket.cut()
  })

  test('its id comes back, where it has one that can', async () => {
    const socket = await open()
    for (const id of [0, -1.5, 'x', 'x'.repeat(200), '']) {
      expect(await responsesTo(socket, text({ id, type: 'nothing' }))).toMatchObject([{ id, type: 'error' }])
    }
    for (const id of [null, {}, [1], true, 'x'.repeat(201)]) {
      const [response] = await responsesTo(socket, text({ id, type: 'nothing' }))
      expect(response).not.toHaveProperty('id')
    }
    socket.cut()
  })
})

/** Messages that are almost right, and such that are not at all. */
const TYPES = fc.constantFrom('subscribe', 'unsubscribe', 'auth', 'ping', 'connected', 'delta', '', 'toString')
const NAMES = fc.constantFrom(
  'collection',
  'filter',
  'where',
  'params',
  'sort',
  'limit',
  'expand',
  'fields',
  'count',
  'etags',
  'since',
  'token',
  'subscription_id',
  'id',
)
const FIELDS = fc.constantFrom('id', 'text', 'owner', 'more', 'more.a', 'owner.email', 'nothing', '$or', '$and', '$not')
const OPERATORS = fc.constantFrom('$eq', '$ne', '$gt', '$lte', '$in', '$nin', '$like', '$contains', '$x')
const FILTERS = fc.letrec<{ filter: unknown; value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.jsonValue({ maxDepth: 2 }),
    fc.dictionary(OPERATORS, fc.jsonValue({ maxDepth: 1 }), { maxKeys: 2 }),
    tie('filter'),
    fc.array(tie('filter'), { maxLength: 3 }),
  ),
  filter: fc.dictionary(FIELDS, tie('value'), { maxKeys: 3 }),
})).filter
const VALUES = fc.oneof(
  FILTERS,
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(
    'notes',
    'users',
    'none',
    '-id',
    'text',
    'doc.id > 1',
    "doc.text == 'x'",
    'auth.id != null',
    10,
    true,
    'e.1',
  ),
  fc.array(fc.constantFrom('id', '-text', 'owner', 'nothing', 'more'), { maxLength: 3 }),
)
const PAYLOADS = fc.oneof(
  fc.record({ collection: fc.constant('notes'), filter: FILTERS }),
  fc.dictionary(NAMES, VALUES, { maxKeys: 4 }).map((payload) => ({ collection: 'notes', ...payload })),
  fc.jsonValue({ maxDepth: 4 }),
)
const IDS = fc.oneof(fc.integer(), fc.string({ maxLength: 5 }), fc.jsonValue({ maxDepth: 1 }))
const MESSAGES = fc.oneof(
  fc.record({ id: IDS, type: TYPES, payload: PAYLOADS }, { requiredKeys: ['type'] }).map((one) => JSON.stringify(one)),
  fc.jsonValue().map((one) => JSON.stringify(one)),
  fc.string({ unit: 'binary' }).filter((one) => one.isWellFormed()),
)

test(`M1 whatever is sent, each message has its answer, of the contract, and none fails inside (seed ${SEED})`, async () => {
  let socket = await open()
  let following = 0
  const property = fc.asyncProperty(MESSAGES, async (message) => {
    // Whoever follows too much is refused everything else.
    if (following >= 50) {
      socket.cut()
      socket = await open()
      following = 0
    }
    const responses = await responsesTo(socket, message)
    for (const response of responses) {
      if (response.type === 'subscribed') following++
    }
  })
  await fc.assert(property, { seed: SEED, numRuns: RUNS })
  socket.cut()
  expect(server.process.output()).not.toContain('"level":"error"')
})

describe('the order of things', () => {
  test('the same id may be used twice, and the same list followed twice: each has a subscription of its own', async () => {
    const socket = await open()
    const ids: string[] = []
    for (const id of ['same', 'same']) socket.frame(OPCODES.text, text(subscribe({ collection: 'notes' }, id)))
    for (let snapshots = 0; snapshots < 2; ) {
      const response = serverMessage(await socket.message())
      if (response.type === 'subscribed') ids.push(response.payload.subscription_id)
      if (response.type === 'snapshot') snapshots++
    }
    expect(new Set(ids).size).toBe(2)
    for (const subscription_id of ids) {
      expect(await responsesTo(socket, text({ id: 1, type: 'unsubscribe', payload: { subscription_id } }))).toEqual([])
      const unknown = await responsesTo(socket, text({ id: 1, type: 'unsubscribe', payload: { subscription_id } }))
      expect(unknown).toMatchObject([{ id: 1, type: 'error', payload: { code: 'NOT_FOUND' } }])
    }
    socket.cut()
  })

  test('A6 a good token is answered with when it ends, before anything that it makes different', async () => {
    const body = { email: 'ben@example.com', password: 'a long enough password' }
    const { access_token, user, expires_in } = expectStatus(
      await server.anonymous.post('/api/auth/register', body),
      201,
    ).body
    await server.api.post('/api/collections/notes', { text: 'bens', owner: user.id })
    const socket = await open()
    socket.frame(OPCODES.text, text(subscribe({ collection: 'notes', filter: { text: 'bens' } }, 1)))
    for (const type of ['subscribed', 'snapshot']) expect(await socket.message()).toMatchObject({ id: 1, type })
    const until = Date.now() + expires_in * 1000
    socket.frame(OPCODES.text, text({ id: 'mine', type: 'auth', payload: { token: access_token } }))
    const response = serverMessage(await socket.message())
    expect(response).toMatchObject({ id: 'mine', type: 'authenticated' })
    if (response.type !== 'authenticated') throw new Error(response.type)
    expect(Math.abs(Date.parse(response.payload.expires_at ?? '') - until)).toBeLessThan(60_000)
    expect(await socket.message()).toMatchObject({ id: 1, type: 'snapshot', payload: { docs: [{ text: 'bens' }] } })
    // Keys do not end by themselves; one whose sender gives it no name is answered all the same; a bad one by the error alone.
    socket.frame(OPCODES.text, text({ type: 'auth', payload: { token: server.key } }))
    expect(serverMessage(await socket.message())).toEqual({ type: 'authenticated', payload: { expires_at: null } })
    const bad = await responsesTo(socket, text({ id: 3, type: 'auth', payload: { token: 'nonsense' } }))
    expect(bad.filter(({ type }) => type !== 'snapshot')).toMatchObject([
      { id: 3, type: 'error', payload: { code: 'UNAUTHENTICATED' } },
    ])
    socket.cut()
  })

  test('M2 a pong comes after the answers to everything before it, refusals too', async () => {
    const socket = await open()
    const said = [
      ...[1, 2, 3].map((id) => subscribe({ collection: 'notes', limit: id }, id)),
      { id: 'a', type: 'ping' },
      subscribe({ collection: 'nothing' }, 4),
      { id: 'b', type: 'ping' },
      { id: 5, type: 'auth', payload: { token: server.key } },
      subscribe({ collection: 'notes', where: "doc.text == 'x'" }, 6),
      { id: 'c', type: 'ping' },
    ]
    for (const message of said) socket.frame(OPCODES.text, text(message))
    const responses: string[] = []
    while (responses.at(-1) !== 'pong c') {
      const message = serverMessage(await socket.message())
      if ('id' in message) responses.push(`${message.type} ${message.id}`)
    }
    const before = (id: string) => responses.slice(0, responses.indexOf(`pong ${id}`))
    for (const id of [1, 2, 3])
      expect(before('a')).toEqual(expect.arrayContaining([`subscribed ${id}`, `snapshot ${id}`]))
    expect(before('b')).toEqual(expect.arrayContaining(['pong a', 'error 4']))
    expect(before('c')).toEqual(expect.arrayContaining(['pong b', 'authenticated 5', 'subscribed 6', 'snapshot 6']))
    socket.cut()
  })

  test('A3 auth is for what comes after it and for what is followed already; a bad token changes nothing', async () => {
    const body = { email: 'ann@example.com', password: 'a long enough password' }
    const { access_token, user } = expectStatus(await server.anonymous.post('/api/auth/register', body), 201).body
    await server.api.post('/api/collections/notes', [{ text: 'hers', owner: user.id }, { text: 'all' }])
    const socket = await LiveSocket.open(server.process.url)
    const texts = (followed: ReturnType<LiveSocket['follow']>) => followed.list.docs.map((doc) => doc.text).join()
    const before = socket.follow({
      collection: 'notes',
      filter: { text: { $in: ['hers', 'all'] } },
      fields: ['id', 'text'],
    })
    await socket.shown(before)
    expect(texts(before)).toBe('all')
    socket.say({ type: 'auth', payload: { token: `${access_token}x` } })
    await socket.until(() => socket.errors.some(({ code }) => code === 'UNAUTHENTICATED'))
    const between = socket.follow({ collection: 'notes', filter: { text: 'hers' } })
    await socket.shown(between)
    expect(texts(between)).toBe('')
    socket.say({ type: 'auth', payload: { token: access_token } })
    const after = socket.follow({ collection: 'notes', filter: { owner: user.id } })
    await socket.until(() => [before, between, after].map(texts).join('|') === 'hers,all|hers|hers')
    // Somebody else with a key of the server's.
    socket.say({ type: 'auth', payload: { token: server.key } })
    await server.api.post('/api/collections/notes', { text: 'hers', owner: user.id })
    await socket.until(() => texts(after) === 'hers,hers')
    await socket.close()
  })
})
