import { Database } from 'bun:sqlite'
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { createApi, expectStatus } from '@koyalite/testkit'
import { type AdoptionPlace, adoptionPlace } from './testing/adopted-project'

setDefaultTimeout(60_000)

let place: AdoptionPlace
beforeAll(async () => {
  place = adoptionPlace()
  using database = new Database(place.file('club.db'))
  database.exec(`
    CREATE TABLE rooms (id TEXT PRIMARY KEY NOT NULL, name TEXT NOT NULL, state TEXT);
    CREATE TABLE members (id INTEGER PRIMARY KEY, room TEXT NOT NULL, name TEXT NOT NULL);
    CREATE TRIGGER joins AFTER INSERT ON rooms BEGIN
      INSERT INTO members (room, name) VALUES (NEW.id, NEW.name);
      UPDATE rooms SET state = 'made by ' || NEW.name WHERE id = NEW.id;
    END;
    CREATE TRIGGER renames AFTER UPDATE OF name ON rooms BEGIN INSERT INTO members (room, name) VALUES (NEW.id, NEW.name); END;
    INSERT INTO rooms VALUES ('old', 'ann', NULL);
  `)
  database.close()
  await place.adopt('club.db')
  const rules = `{ read: "true", create: "members.exists(m, m.room == doc.id) || doc.state == 'made by cat'", update: "members.exists(m, m.room == doc.id && m.name == doc.name)" }`
  const text = readFileSync(place.project.path('schema.yaml'), 'utf8')
  place.project.write('schema.yaml', text.replace(/^ {2}rooms:\n/m, `  rooms:\n    rules: ${rules}\n`))
})
afterAll(() => place.remove())

test('what triggers of an adopted table write is not there for the rules of the write; what they make of the document is', async () => {
  await place.serve(async ({ url }) => {
    const api = createApi(url)
    const create = async (body: object) => (await api.post('/api/collections/rooms', body)).status
    expect(await create({ id: 'a', name: 'ann' })).toBe(401)
    expect(expectStatus(await api.post('/api/collections/rooms', { id: 'c', name: 'cat' }), 201).body).toEqual({
      id: 'c',
      name: 'cat',
      state: 'made by cat',
    })
    // Nobody was in the room of the document that is there.
    expect((await api.patch('/api/collections/rooms/old', { name: 'ben' })).status).toBe(401)
    // Cat was, under this name only.
    expect((await api.patch('/api/collections/rooms/c', { name: 'ben' })).status).toBe(401)
    expectStatus(await api.patch('/api/collections/rooms/c', { state: 'open' }), 200)
  })
})
