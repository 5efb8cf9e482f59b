import { Database } from 'bun:sqlite'
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { type Api, createApi, expectError, expectStatus, OPCODES, rawWebSocket } from '@koyalite/testkit'
import { type Adopted, type AdoptionPlace, adoptionPlace } from './testing/adopted-project'

setDefaultTimeout(60_000)

/** Columns that ignore case or blanks at the end are compared as the contract says, whatever asks. */
let place: AdoptionPlace
let adopted: Adopted
beforeAll(async () => {
  place = adoptionPlace()
  using database = new Database(place.file('app.db'))
  database.exec(`CREATE TABLE notes (id INTEGER PRIMARY KEY, owner TEXT COLLATE NOCASE, tag TEXT COLLATE RTRIM, title VARCHAR(20) COLLATE NOCASE UNIQUE);
    CREATE INDEX by_owner ON notes (owner);
    INSERT INTO notes VALUES (1, 'Ann', 'x', 'a'), (2, 'ann', 'x ', 'B'), (3, 'ANN', 'X', 'c'), (4, 'bob', NULL, '_');
    CREATE TABLE words (word TEXT PRIMARY KEY COLLATE NOCASE); INSERT INTO words VALUES ('a')`)
  database.close()
  adopted = await place.adopt('app.db')
  const text = readFileSync(place.project.path('schema.yaml'), 'utf8')
  place.project.write(
    'schema.yaml',
    text.replace(
      /^ {2}notes:\n/m,
      `  notes:\n    rules: { read: "doc.owner == 'ann' || doc.tag == 'X'", update: "doc.owner == 'ann'" }\n`,
    ),
  )
})
afterAll(() => place.remove())

const ids = async (api: Api, parameters: Record<string, string>) =>
  expectStatus(await api.list('notes', parameters), 200).body.docs.map(({ id }: { id: number }) => id)

test('adoption names them, and leaves out a table whose keys compare so', () => {
  expect(adopted.collections.map(({ name }) => name)).toEqual(['notes'])
  expect(adopted.findings).toContainEqual(
    expect.objectContaining({ kind: 'left', subject: 'words', message: expect.stringContaining('NOCASE (word)') }),
  )
  for (const [subject, collation] of [
    ['notes.owner', 'NOCASE'],
    ['notes.tag', 'RTRIM'],
    ['notes.title', 'NOCASE'],
  ])
    expect(adopted.findings).toContainEqual(
      expect.objectContaining({ subject, message: expect.stringContaining(`has the collation ${collation}`) }),
    )
})

test('filters, where, sorts, cursors, rules and writes compare exactly', async () => {
  await place.serve(async (api) => {
    expect(await ids(api, { filter: 'owner:eq:ann' })).toEqual([2])
    expect(await ids(api, { filter: 'owner:ne:ann' })).toEqual([1, 3, 4])
    expect(await ids(api, { filter: 'owner:in:ann,ANN' })).toEqual([2, 3])
    expect(await ids(api, { filter: 'owner:gt:a' })).toEqual([2, 4])
    expect(await ids(api, { filter: 'tag:eq:x' })).toEqual([1])
    expect(await ids(api, { where: "doc.owner == 'ann'" })).toEqual([2])
    expect(await ids(api, { where: "doc.owner != 'ann'" })).toEqual([1, 3, 4])
    expect(await ids(api, { where: "doc.owner in ['ANN', 'BOB']" })).toEqual([3])
    expect(await ids(api, { where: "doc.owner < 'a'" })).toEqual([1, 3])
    expect(await ids(api, { where: "doc.tag == 'x' || doc.owner == doc.title" })).toEqual([1])
    expect(await ids(api, { sort: 'owner' })).toEqual([3, 1, 2, 4])
    expect(await ids(api, { sort: '-title' })).toEqual([3, 1, 4, 2])
    const first = (await api.list('notes', { sort: 'owner', limit: 2 })).body
    expect(await ids(api, { sort: 'owner', limit: '2', cursor: first.next_cursor })).toEqual([2, 4])

    const anonymous = createApi(api.url)
    expect(await ids(anonymous, {})).toEqual([2, 3])
    expectError(await anonymous.patch('/api/collections/notes/3', { tag: 'z' }), 'UNAUTHENTICATED')

    // A change of case is a change, and everybody learns of it.
    const socket = await rawWebSocket(`${api.url}/api/realtime`, {})
    socket.frame(
      OPCODES.text,
      JSON.stringify({ id: 'x', type: 'subscribe', payload: { collection: 'notes', filter: { owner: 'ann' } } }),
    )
    let message = await socket.message()
    while (message.type !== 'snapshot') message = await socket.message()
    expect(message.payload.docs).toMatchObject([{ id: 2 }])
    expectStatus(await api.patch('/api/collections/notes/2', { owner: 'Ann' }), 200)
    expect((await api.get('/api/collections/notes/2')).body.owner).toBe('Ann')
    while (message.type !== 'delta') message = await socket.message()
    expect(message.payload.changes.deletes).toEqual([2])
    using other = new Database(place.project.path('data/koyalite.db'))
    other.exec('PRAGMA busy_timeout = 10000')
    other.exec(`UPDATE notes SET owner = 'ann' WHERE id = 1`)
    do message = await socket.message()
    while (message.type !== 'delta')
    expect(message.payload.changes.inserts).toMatchObject([{ doc: { id: 1 } }])
    socket.cut()
    expect(await ids(anonymous, {})).toEqual([1, 3])
    // What the database itself sees to goes on in its own way.
    expectError(await api.post('/api/collections/notes', { owner: 'x', title: 'A' }), 'CONFLICT')
  })
})
