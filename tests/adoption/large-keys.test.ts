import { Database } from 'bun:sqlite'
import { afterEach, beforeEach, expect, setDefaultTimeout, test } from 'bun:test'
import { type Api, expectError, expectStatus, OPCODES, rawWebSocket } from '@koyalite/testkit'
import { type AdoptionPlace, adoptionPlace } from './testing/adopted-project'

setDefaultTimeout(60_000)

let place: AdoptionPlace
beforeEach(() => {
  place = adoptionPlace()
})
afterEach(() => place.remove())

function makeFile(sql: string): void {
  using database = new Database(place.file('chat.db'))
  database.exec(sql)
}
const write = (sql: string): void => {
  using other = new Database(place.project.path('data/koyalite.db'))
  // The server may be writing.
  other.exec('PRAGMA busy_timeout = 10000')
  other.exec(sql)
}

/** The texts of all documents, page by page: JavaScript would read other numbers. */
async function pages(api: Api, collection: string, parameters: Record<string, string>): Promise<string[]> {
  const found: string[] = []
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = expectStatus(
      await api.list(collection, { ...parameters, limit: 2, ...(cursor !== undefined && { cursor }) }),
      200,
    )
    found.push(...page.text.matchAll(/"name":"(.*?)"/g).map(([, name]) => String(name)))
    cursor = page.body.next_cursor as string | null
    if (found.length > 100) throw new Error('the list does not end')
  }
  return found
}

test('a table with keys that clients cannot hold is left out, with its column and what to do', async () => {
  makeFile(`CREATE TABLE users_ (id INTEGER PRIMARY KEY, name TEXT);
    INSERT INTO users_ VALUES (750727362669608961, 'ann'), (750727362669608962, 'bob'), (3, 'eve');
    CREATE TABLE posts (id INTEGER PRIMARY KEY, author INTEGER REFERENCES users_ (id), name TEXT);
    INSERT INTO posts VALUES (1, 750727362669608961, 'x');
    CREATE TABLE largest (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO largest VALUES (9007199254740991, 'x'), (-9007199254740991, 'y')`)
  const { collections, findings } = await place.adopt('chat.db')
  expect(collections.map(({ name }) => name).sort()).toEqual(['largest', 'posts'])
  expect(findings).toContainEqual({
    kind: 'left',
    subject: 'users_',
    message: expect.stringMatching(/keys beyond ±\(2\^53 − 1\) \(id, in 2 of 3 rows\).*CAST\(id AS TEXT\)/),
  })
  expect(findings.find(({ subject }) => subject === 'posts.author')?.message).toContain('beyond ±(2^53 − 1)')
  await place.serve(async (api) => {
    expectError(await api.list('users_'), 'COLLECTION_NOT_FOUND')
    expect((await api.list('largest')).text).toContain('9007199254740991')
    expectStatus(await api.get('/api/collections/largest/-9007199254740991'), 200)
  })
})

test('a file of nothing else is refused', async () => {
  makeFile(
    `CREATE TABLE messages (snowflake BIGINT PRIMARY KEY, name TEXT); INSERT INTO messages VALUES (750727362669608961, 'x')`,
  )
  expect(await place.refused('chat.db')).toContain('snowflake')
})

test('keys that another program stores later end no list, and no document gets one of them', async () => {
  makeFile(`CREATE TABLE messages (id INTEGER PRIMARY KEY, name TEXT, at INTEGER);
    INSERT INTO messages VALUES (1, 'a', 750727362669608961), (2, 'b', 750727362669608962), (3, 'c', 750727362669608960);
    CREATE TABLE counted (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT); INSERT INTO counted VALUES (1, 'a')`)
  await place.adopt('chat.db')
  await place.serve(async (api) => {
    expect(await pages(api, 'messages', { sort: 'at' })).toEqual(['c', 'a', 'b'])
    write(`INSERT INTO messages SELECT 750727362669608960 + value, 'm' || value, value FROM json_each('[1,2,3,4,5,6,7]');
      INSERT INTO counted VALUES (750727362669608961, 'z')`)
    const all = ['a', 'b', 'c', 'm1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7']
    expect(await pages(api, 'messages', {})).toEqual(all)
    expect(await pages(api, 'messages', { sort: '-id' })).toEqual(all.toReversed())
    expect(await pages(api, 'messages', { sort: '-at', filter: 'name:ne:x' })).toEqual([
      'b',
      'a',
      'c',
      'm7',
      'm6',
      'm5',
      'm4',
      'm3',
      'm2',
      'm1',
    ])
    const page = await api.list('messages', { sort: '-id', limit: 1 })
    expect(page.text).toContain('"id":750727362669608967')
    // What SQLite would count on from is no key that anybody could name.
    for (const collection of ['messages', 'counted']) {
      const path = `/api/collections/${collection}`
      const before = (await api.list(collection, { count: true })).body.total
      const refused = await api.post(path, { name: 'new' })
      expectError(refused, 'CONFLICT')
      expect(refused.body.error.message).toContain('beyond 2^53 − 1')
      expectError(await api.post(path, [{ name: 'new' }, { name: 'newer' }]), 'CONFLICT')
      expect((await api.list(collection, { count: true })).body.total).toBe(before)
      expect(expectStatus(await api.post(path, { id: 77, name: 'own' }), 201).body.id).toBe(77)
    }
  })
})

test('a deleted document does not end the list that its cursor is of', async () => {
  makeFile(`CREATE TABLE messages (id INTEGER PRIMARY KEY, name TEXT, big INTEGER, bytes BLOB);
    INSERT INTO messages VALUES (1, 'a', 750727362669608961, x'00'), (2, 'b', 750727362669608962, x'01'), (3, 'c', 750727362669608963, x'02')`)
  await place.adopt('chat.db')
  await place.serve(async (api) => {
    const { next_cursor: cursor } = (await api.list('messages', { sort: 'big', limit: 1 })).body
    expectStatus(await api.delete('/api/collections/messages/1'), 204)
    expect((await api.list('messages', { sort: 'big', limit: 5, cursor })).text).toMatch(/"name":"b".*"name":"c"/)
  })
})

test('a live list ends with an error where it would name a document by another key', async () => {
  makeFile(`CREATE TABLE messages (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO messages VALUES (1, 'a')`)
  await place.adopt('chat.db')
  await place.serve(async (api, key) => {
    const socket = await rawWebSocket(`${api.url}/api/realtime`, { Authorization: `Bearer ${key}` })
    const next = async (types: readonly string[]) => {
      let message = await socket.message()
      while (!types.includes(message.type)) message = await socket.message()
      return message
    }
    const subscribe = (filter: object) =>
      socket.frame(
        OPCODES.text,
        JSON.stringify({ id: 'x', type: 'subscribe', payload: { collection: 'messages', filter } }),
      )
    subscribe({})
    expect(await next(['snapshot'])).toMatchObject({ payload: { docs: [{ id: 1 }] } })
    subscribe({ name: { $like: 'a%' } })
    expect(await next(['snapshot'])).toMatchObject({ payload: { docs: [{ id: 1 }] } })
    write(`INSERT INTO messages VALUES (750727362669608961, 'z')`)
    expect(await next(['error', 'delta'])).toMatchObject({ type: 'error', payload: { code: 'CONFLICT' } })
    // Who has it filtered out goes on.
    expectStatus(await api.post('/api/collections/messages', { id: 2, name: 'ab' }), 201)
    expect(await next(['error', 'delta'])).toMatchObject({
      type: 'delta',
      payload: { changes: { inserts: [{ doc: { id: 2 } }], updates: [], deletes: [] } },
    })
    socket.cut()
  })
})
