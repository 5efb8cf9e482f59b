import { Database } from 'bun:sqlite'
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Api, expectStatus, OPCODES, type RawWebSocket, rawWebSocket, runKoyalite } from '@koyalite/testkit'
import { type AdoptionPlace, adoptionPlace } from './testing/adopted-project'

setDefaultTimeout(60_000)

let place: AdoptionPlace
beforeAll(async () => {
  place = adoptionPlace()
  using database = new Database(place.file('trade.db'))
  database.exec(readFileSync(join(import.meta.dir, 'testing/trading-company.sql'), 'utf8'))
  database.close()
  await place.adopt('trade.db')
  // One collection of our own beside them, in a STRICT table, and rules for all the world.
  const text = readFileSync(place.project.path('schema.yaml'), 'utf8')
  const open = (collection: string, rule: string) => (schema: string) =>
    schema.replace(new RegExp(`^  ${collection}:\n`, 'm'), `  ${collection}:\n    rules: { read: "${rule}" }\n`)
  const opened = [open('products', 'doc.tags == null || doc.unit_price > -1.0'), open('any', 'true')].reduce(
    (schema, change) => change(schema),
    text,
  )
  place.project.write(
    'schema.yaml',
    `${opened}  notes:
    rules: { read: "doc.meta.public == true || doc.done" }
    fields:
      id: { type: string, primary: true }
      meta: { type: json, nullable: true }
      done: { type: bool, default: false }
      count: { type: int, nullable: true }
      at: { type: timestamp, nullable: true }
`,
  )
})
afterAll(() => place.remove())

/** A list that is followed, and what a fresh read says of it. */
class Follower {
  readonly #socket: RawWebSocket
  #docs: Record<string, unknown>[] = []
  constructor(socket: RawWebSocket) {
    this.#socket = socket
  }

  static async open(api: Api, key: string, payload: object): Promise<Follower> {
    const socket = await rawWebSocket(`${api.url}/api/realtime`, { Authorization: `Bearer ${key}` })
    socket.frame(OPCODES.text, JSON.stringify({ id: 1, type: 'subscribe', payload }))
    return new Follower(socket)
  }

  /** Takes messages until the list is that of a fresh read. */
  async until(read: () => Promise<{ body: { docs: Record<string, unknown>[] } }>): Promise<void> {
    const { docs } = (await read()).body
    while (!Bun.deepEquals(this.#docs, docs)) {
      const { type, payload } = await this.#socket.message()
      if (type === 'error') throw new Error(`${payload.code}: ${payload.message}`)
      if (type === 'snapshot') this.#docs = payload.docs
      if (type === 'delta') this.#apply(payload.changes)
    }
  }

  #apply({ inserts, updates, deletes }: Record<string, { doc: { product_id: unknown }; after?: unknown }[]>): void {
    const others = (key: unknown) => this.#docs.filter(({ product_id }) => product_id !== key)
    this.#docs = this.#docs.filter(({ product_id }) => !(deletes as unknown[]).includes(product_id))
    for (const { doc, after } of [...(inserts ?? []), ...(updates ?? [])]) {
      if (after === undefined) {
        this.#docs = this.#docs.map((known) => (known.product_id === doc.product_id ? doc : known))
        continue
      }
      const rest = others(doc.product_id)
      rest.splice(after === null ? 0 : rest.findIndex(({ product_id }) => product_id === after) + 1, 0, doc)
      this.#docs = rest
    }
  }
}

test('live lists follow the order, the triggers and the other writers of an adopted table', async () => {
  await place.serve(async (api, key) => {
    const follower = await Follower.open(api, key, { collection: 'products', sort: ['product_name'], limit: 3 })
    const fresh = () => api.list('products', { sort: 'product_name', limit: 3 })
    await follower.until(fresh)
    expectStatus(await api.post('/api/collections/products', { product_name: 'apple', unit_price: 1 }), 201)
    await follower.until(fresh)
    expectStatus(await api.patch('/api/collections/products/1', { product_name: 'AAA' }), 200)
    await follower.until(fresh)
    expect((await fresh()).body.docs.map(({ product_name }: Record<string, unknown>) => product_name)).toEqual([
      'AAA',
      'Chang',
      'Penny Candy',
    ])
    using other = new Database(place.project.path('data/koyalite.db'))
    other.exec('PRAGMA busy_timeout = 10000')
    for (const change of [
      `UPDATE Products SET UnitsInStock = 'plenty', Tags = '{"broken":' WHERE ProductID = 1`,
      `UPDATE Products SET ProductName = x'00ff', Discontinued = 'maybe' WHERE ProductID = 2`,
      `UPDATE Products SET ProductName = 5, UnitPrice = 9e999 WHERE ProductID = 2`,
      `DELETE FROM Products WHERE ProductID = 1`,
    ]) {
      other.exec(change)
      await follower.until(fresh)
    }
  })
})

test('what other programs store is shown everywhere, and rules that cannot be told refuse', async () => {
  await place.serve(async (api) => {
    using other = new Database(place.project.path('data/koyalite.db'))
    other.exec('PRAGMA busy_timeout = 10000')
    other.exec(`INSERT INTO notes VALUES ('good', '{"public":true,"n":1}', 0, 1, '2024-01-01T00:00:00.000Z'), ('broken', '{"public":true', 0, 9007199254740993, 'yesterday'),
      ('text', 'public', 1, NULL, '2024-01-01'), ('odd', CAST(x'ff00' AS TEXT), 2, -9223372036854775807, '')`)
    const notes = expectStatus(await api.list('notes', { count: true }), 200).body
    expect(notes.total).toBe(4)
    expect(notes.docs).toMatchObject([
      { id: 'broken', meta: '{"public":true', at: 'yesterday' },
      { id: 'good', meta: { public: true, n: 1 } },
      { id: 'odd', meta: '\ufffd\u0000', done: 2 },
      { id: 'text', meta: 'public', done: true },
    ])
    for (const doc of notes.docs) expect((await api.get(`/api/collections/notes/${doc.id}`)).body).toEqual(doc)
    const found = async (parameters: Record<string, string>) =>
      expectStatus(await api.list('notes', parameters), 200).body.docs.map(({ id }: { id: string }) => id)
    expect(await found({ filter: 'meta.public:eq:true' })).toEqual(['good'])
    expect(await found({ filter: 'meta.public:ne:true', sort: 'meta.n,-id' })).toEqual(['text', 'odd', 'broken'])
    expect(await found({ filter: 'meta:eq:public' })).toEqual(['text'])
    expect(await found({ where: 'doc.meta.public == true' })).toEqual(['good'])
    expect(await found({ where: "doc.at > timestamp('2023-01-01T00:00:00Z')" })).toContain('good')
    // Anonymous callers see what the rule lets through for certain.
    const everyone = await fetch(`${api.url}/api/collections/notes?count=true`)
    expect(((await everyone.json()) as { docs: { id: string }[] }).docs.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['good', 'text']),
    )
    expect((await fetch(`${api.url}/api/collections/notes/broken`)).status).toBe(404)
    expectStatus(await api.patch('/api/collections/notes/broken', { meta: { public: false } }), 200)
    expectStatus(await api.delete('/api/collections/notes/odd'), 204)
  })
  const run = (...args: readonly string[]) => runKoyalite([...args, '--dir', place.project.dir])
  for (const [target, format] of [
    ['all.sql', 'sql'],
    ['lines', 'ndjson'],
    ['cells', 'csv'],
  ] as const) {
    expect(await run('db', 'dump', place.file(target), '--format', format)).toMatchObject({ code: 0 })
  }
  const lines = readFileSync(place.file('lines/notes.ndjson'), 'utf8')
  expect(lines).toContain('"meta":"public"')
  expect(lines).toContain('9007199254740993')
  if (Bun.which('sqlite3') !== null) {
    const script = new Blob([readFileSync(place.file('all.sql')), '\nSELECT count(*) FROM "Order Subtotals";'])
    const shell = Bun.spawn(['sqlite3', ':memory:'], { stdin: script, stderr: 'inherit' })
    expect(await new Response(shell.stdout).text()).toBe('1\n')
    // The library of the system may be years older than ours.
    const write = `INSERT INTO notes VALUES ('by hand', '{', 0, 1, ''); UPDATE notes SET meta = '{}' WHERE id = 'by hand'; DELETE FROM Orders WHERE OrderID = 10248;
      SELECT count(*) FROM _koyalite_changes WHERE collection IN ('notes', 'orders') AND seq > (SELECT max(seq) FROM _koyalite_changes) - 3`
    const writer = Bun.spawn(['sqlite3', place.project.path('data/koyalite.db'), write], { stderr: 'inherit' })
    expect(await new Response(writer.stdout).text()).toBe('3\n')
  }
  expect((await run('db', 'backup')).code).toBe(0)
})
