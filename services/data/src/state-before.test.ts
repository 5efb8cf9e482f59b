import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { openTestApi, type TestApi, user } from './testing/open-api'

const ANN = '00000000-0000-7000-8000-00000000000a'
const BEN = '00000000-0000-7000-8000-00000000000b'

const IS_OWNER = "members.exists(m, m.room == doc.room && m.user == auth.id && m.role == 'owner')"

const SCHEMA = `
version: 1
definitions:
  "is_owner(room)": "members.exists(m, m.room == room && m.user == auth.id && m.role == 'owner')"
  "has_role(thing, role)": "roles.exists(r, r.room == thing.room && r.user == auth.id && r.role == role)"
collections:
  rooms:
    fields: { id: { type: string, primary: true }, name: { type: string, nullable: true } }
    rules: { read: "true" }
  members:
    fields:
      id: { type: string, primary: true }
      room: { type: string, references: rooms.id, onDelete: cascade }
      user: { type: uuid }
      role: { type: string, default: guest }
      note: { type: string, nullable: true }
      updated_at: { type: timestamp, default: now, onUpdate: now }
    rules:
      create: "is_owner(doc.room)"
      read: "true"
      update: "${IS_OWNER}"
      delete: "is_owner(doc.room)"
  firsts:
    fields:
      id: { type: int, primary: true, default: auto }
      room: { type: string }
      user: { type: uuid }
    rules: { create: "!firsts.exists(f, f.room == doc.room) && doc.id > 0", read: "true" }
  seats:
    fields:
      id: { type: string, primary: true }
      room: { type: string }
    rules:
      create: "size(seats.filter(s, s.room == doc.room)) < 2"
      read: "true"
      update: "seats.exists(s, s.id == doc.id && s.room == doc.room)"
      delete: "size(seats.filter(s, s.room == doc.room)) > 1"
  roles:
    fields:
      id: { type: string, primary: true }
      room: { type: string }
      user: { type: uuid }
      role: { type: string, nullable: true, write: "has_role(doc, 'owner')" }
    rules: { create: "true", read: "true", update: "true" }
  folders:
    fields:
      id: { type: string, primary: true }
      parent_id: { type: string, nullable: true, references: folders.id }
      owner: { type: uuid, nullable: true }
      title: { type: string, nullable: true, write: "doc.parent == null || doc.parent.owner == auth.id" }
    rules:
      create: "doc.parent.owner == auth.id"
      read: "true"
      update: "doc.parent.owner == auth.id"
  notes:
    fields:
      id: { type: string, primary: true }
      author_id: { type: string, references: notes.id, nullable: true }
      rank: { type: string, default: low }
    policies:
      - { name: seen, on: [read], effect: permit, using: "true" }
      - { name: any, on: [create, update], effect: permit, using: "true" }
      - { name: high, on: [update], effect: restrict, using: "true", check: "doc.rank == 'low' || old.author.rank == 'high'" }
      - { name: one, on: [create], effect: restrict, using: "!notes.exists(n, n.rank == doc.rank)" }
`

let api: TestApi
beforeEach(async () => {
  api = await openTestApi(SCHEMA)
  for (const id of ['r', 'q']) expect((await api.system('POST', '/collections/rooms', { id })).status).toBe(201)
})
afterEach(() => api.close())

const ann = () => api.as(user(ANN))
const ben = () => api.as(user(BEN))
const owner = (id: string, user: string, room = 'r') => ({ id, room, user, role: 'owner' })

describe('a membership does not admit itself', () => {
  test('by POST, PUT, an array, a batch', async () => {
    const send = ann()
    expect((await send('POST', '/collections/members', owner('m1', ANN))).status).toBe(403)
    expect((await send('PUT', '/collections/members/m1', { room: 'r', user: ANN, role: 'owner' })).status).toBe(403)
    expect((await send('POST', '/collections/members', [owner('m1', ANN), owner('m2', ANN)])).body.error).toMatchObject(
      {
        code: 'FORBIDDEN',
        operation: 0,
      },
    )
    for (const op of ['create', 'upsert']) {
      const operations = [{ op, collection: 'members', data: owner('m1', ANN) }]
      expect((await send('POST', '/batch', { operations })).body.error).toMatchObject({
        code: 'FORBIDDEN',
        operation: 0,
      })
    }
    expect((await api.system('GET', '/collections/members?count=true')).body.total).toBe(0)
  })

  test('nor by PATCH or PUT of one that is there', async () => {
    await api.system('POST', '/collections/members', { id: 'm1', room: 'r', user: ANN })
    const send = ann()
    expect((await send('PATCH', '/collections/members/m1', { role: 'owner' })).status).toBe(403)
    expect((await send('PUT', '/collections/members/m1', { room: 'r', user: ANN, role: 'owner' })).status).toBe(403)
    expect((await api.system('GET', '/collections/members/m1')).body.role).toBe('guest')
  })

  test('an owner of one room cannot move their membership to another', async () => {
    await api.system('POST', '/collections/members', owner('m1', ANN))
    expect((await ann()('PATCH', '/collections/members/m1', { room: 'q' })).status).toBe(403)
    expect((await ann()('PATCH', '/collections/members/m1', { note: 'x' })).status).toBe(200)
    // What made the update right was true before it.
    expect((await ann()('PATCH', '/collections/members/m1', { role: 'guest' })).status).toBe(200)
    expect((await ann()('PATCH', '/collections/members/m1', { role: 'owner' })).status).toBe(403)
  })

  test('who was there before admits others, and an operation sees the earlier ones', async () => {
    await api.system('POST', '/collections/members', owner('m1', ANN))
    expect((await ann()('POST', '/collections/members', owner('m2', BEN))).status).toBe(201)
    expect((await ben()('POST', '/collections/members', [owner('m3', BEN), owner('m4', BEN)])).status).toBe(201)
    const operations = [
      { op: 'delete', collection: 'members', id: 'm1' },
      { op: 'create', collection: 'members', data: owner('m5', ANN) },
    ]
    expect((await ann()('POST', '/batch', { operations })).body.error).toMatchObject({
      code: 'FORBIDDEN',
      operation: 1,
    })
  })

  test('a write rule of a field does not see the value that it is to allow', async () => {
    const role = { room: 'r', user: ANN, role: 'owner' }
    expect((await ann()('POST', '/collections/roles', { id: 'a', ...role })).status).toBe(403)
    expect((await ann()('PUT', '/collections/roles/a', role)).status).toBe(403)
    expect((await ann()('POST', '/collections/roles', [{ id: 'a', ...role }])).status).toBe(403)
    expect((await ann()('POST', '/collections/roles', { id: 'a', room: 'r', user: ANN })).status).toBe(201)
    expect((await ann()('PATCH', '/collections/roles/a', { role: 'owner' })).status).toBe(403)
  })
})

describe('what a rule counts is what was there', () => {
  test('nobody is in yet, with a key that the database gives', async () => {
    const first = { room: 'r', user: ANN }
    expect((await ann()('POST', '/collections/firsts', first)).body).toEqual({ id: 1, ...first })
    expect((await ben()('POST', '/collections/firsts', first)).status).toBe(403)
    const array = await ben()('POST', '/collections/firsts', [
      { room: 'a', user: BEN },
      { room: 'b', user: BEN },
      { room: 'a', user: BEN },
    ])
    expect(array.body.error).toMatchObject({ code: 'FORBIDDEN', operation: 2 })
    // What was tried and refused has used up no number.
    expect((await ben()('POST', '/collections/firsts', { room: 'b', user: BEN })).body.id).toBe(2)
  })

  test('a limit, and the last one that must stay', async () => {
    const send = ann()
    const made = await send('POST', '/collections/seats', [
      { id: 'a', room: 'r' },
      { id: 'b', room: 'r' },
    ])
    expect(made.status).toBe(201)
    expect((await send('POST', '/collections/seats', { id: 'c', room: 'r' })).status).toBe(403)
    expect((await send('PATCH', '/collections/seats/a', { room: 'q' })).status).toBe(403)
    const operations = ['a', 'b'].map((id) => ({ op: 'delete', collection: 'seats', id }))
    expect((await send('POST', '/batch', { operations })).body.error).toMatchObject({ code: 'FORBIDDEN', operation: 1 })
    expect((await send('DELETE', '/collections/seats/a')).status).toBe(204)
    expect((await send('DELETE', '/collections/seats/b')).status).toBe(403)
  })
})

describe('references', () => {
  test('one from a new document to itself leads nowhere', async () => {
    const self = { id: 'f', parent_id: 'f', owner: ANN }
    expect((await ann()('POST', '/collections/folders', self)).status).toBe(403)
    expect((await ann()('PUT', '/collections/folders/f', { parent_id: 'f', owner: ANN })).status).toBe(403)
    expect((await ann()('POST', '/collections/folders', [self])).status).toBe(403)
  })

  test('one to the document itself shows what it was', async () => {
    await api.system('POST', '/collections/folders', { id: 'f', parent_id: 'f', owner: BEN })
    expect((await ann()('PATCH', '/collections/folders/f', { owner: ANN })).status).toBe(403)
    expect((await ben()('PATCH', '/collections/folders/f', { owner: ANN })).status).toBe(200)
    expect((await ben()('PATCH', '/collections/folders/f', { owner: BEN })).status).toBe(403)
  })

  test('a write rule of a field follows what was there', async () => {
    await api.system('POST', '/collections/folders', { id: 'f', owner: ANN })
    expect((await ann()('POST', '/collections/folders', { id: 'g', parent_id: 'f', title: 't' })).status).toBe(201)
    expect((await ben()('POST', '/collections/folders', { id: 'h', parent_id: 'f', title: 't' })).status).toBe(403)
  })

  test("that of `old` too, in a restriction's check", async () => {
    await api.system('POST', '/collections/notes', { id: 'n', rank: 'low' })
    await api.system('PATCH', '/collections/notes/n', { author_id: 'n' })
    expect((await ann()('PATCH', '/collections/notes/n', { rank: 'high' })).status).toBe(403)
    expect((await ann()('POST', '/collections/notes', { id: 'o', rank: 'low' })).status).toBe(403)
    expect((await ann()('POST', '/collections/notes', { id: 'o', rank: 'high' })).status).toBe(201)
  })
})
