import { beforeEach, describe, expect, test } from 'bun:test'
import { openTestApi, type TestApi, user } from './testing/open-api'

const ANN = '00000000-0000-7000-8000-00000000000a'
const BEN = '00000000-0000-7000-8000-00000000000b'

const SCHEMA = `
version: 1
types:
  status: { enum: [draft, published] }
roles:
  moderator: { permissions: [posts:delete] }
  admin: { inherits: [moderator], permissions: ["*"] }
collections:
  posts:
    fields:
      id: { type: string, primary: true }
      author_id: { type: uuid, references: users.id, onDelete: cascade }
      title: { type: string }
      status: { type: status, default: draft }
      rating: { type: int, nullable: true }
      secret: { type: string, nullable: true, read: "auth.id == doc.author_id" }
      staff: { type: string, nullable: true, read: "auth.role == 'admin'", write: "auth.role == 'admin'" }
      views: { type: int, default: 0, write: "false" }
      pinned: { type: bool, default: false, write: "doc.status == 'published'" }
      hidden: { type: string, nullable: true, internal: true }
    rules:
      create: "auth.id != null && doc.author_id == auth.id"
      read: "doc.status == 'published' || auth.id == doc.author_id || auth.role == 'admin'"
      update: "auth.id == doc.author_id"
      delete: "auth.id == doc.author_id || auth.can('posts:delete')"
  rooms:
    fields: { id: { type: string, primary: true }, name: { type: string } }
    rules: { read: "members.exists(m, m.room == doc.id && m.user == auth.id)" }
  members:
    fields:
      id: { type: int, primary: true, default: auto }
      room: { type: string, references: rooms.id, onDelete: cascade }
      user: { type: uuid, references: users.id }
  messages:
    fields:
      id: { type: uuid, primary: true, default: auto }
      room: { type: string, references: rooms.id, onDelete: cascade }
      text: { type: string }
    rules:
      create: "members.exists(m, m.room == doc.room && m.user == auth.id)"
      read: "members.exists(m, m.room == doc.room && m.user == auth.id)"
  tasks:
    fields:
      id: { type: string, primary: true }
      owner: { type: uuid, nullable: true }
      status: { type: status, default: draft }
    policies:
      - { name: all_read, on: [read], effect: permit, using: "true" }
      - { name: own, on: [update, delete], effect: permit, using: "doc.owner == auth.id" }
      - { name: publish, on: [update], effect: permit, using: "old.status == 'draft'", check: "doc.status == 'published' && doc.owner == old.owner" }
      - { name: only_verified, on: [update, delete], effect: restrict, using: "auth.verified == true" }
  drops:
    fields:
      id: { type: string, primary: true }
      text: { type: string }
      mark: { type: string, nullable: true, write: "doc.text == 'x'" }
    rules: { create: "true" }
`

let api: TestApi

beforeEach(async () => {
  api = await openTestApi(SCHEMA)
  for (const [id, email] of [
    [ANN, 'ann@example.com'],
    [BEN, 'ben@example.com'],
  ]) {
    expect((await api.system('POST', '/collections/users', { id, email })).status).toBe(201)
  }
  const posts = [
    { id: 'draft', author_id: ANN, title: 'Draft', secret: 's1', staff: 'x', hidden: 'h' },
    { id: 'open', author_id: ANN, title: 'Open', status: 'published', rating: 5, secret: 's2' },
    { id: 'bens', author_id: BEN, title: 'Bens', status: 'published', rating: 1 },
  ]
  expect((await api.system('POST', '/collections/posts', posts)).status).toBe(201)
})

const ids = (response: { body: { docs: { id: string }[] } }) => response.body.docs.map((doc) => doc.id)

describe('read', () => {
  test('lists, counts and gets show what the rule opens', async () => {
    expect(ids(await api.anonymous('GET', '/collections/posts'))).toEqual(['bens', 'open'])
    const ann = api.as(user(ANN))
    const list = await ann('GET', '/collections/posts?count=true')
    expect(ids(list)).toEqual(['bens', 'draft', 'open'])
    expect(list.body.total).toBe(3)
    expect((await api.as(user(BEN))('GET', '/collections/posts?count=true')).body.total).toBe(2)
    expect((await api.as(user(BEN))('GET', '/collections/posts/draft')).status).toBe(404)
    expect((await ann('GET', '/collections/posts/draft')).status).toBe(200)
    expect((await api.as(user(BEN, { role: 'admin' }))('GET', '/collections/posts/draft')).status).toBe(200)
  })

  test('a rule that fails without a document answers 401 or 403 to lists, and 404 by id', async () => {
    expect((await api.anonymous('GET', '/collections/members')).status).toBe(401)
    expect((await api.as(user(ANN))('GET', '/collections/members')).status).toBe(403)
    expect((await api.as(user(ANN))('GET', '/collections/members/1')).status).toBe(404)
  })

  test('expansions obey the rules of their targets, forward and back', async () => {
    const one = await api.anonymous('GET', '/collections/posts/open?expand=author')
    expect(one.body.author).toBe(null)
    await api.system('POST', '/collections/rooms', { id: 'r', name: 'Room' })
    await api.system('POST', '/collections/members', { room: 'r', user: ANN })
    await api.system('POST', '/collections/messages', { room: 'r', text: 'hi' })
    const room = await api.as(user(ANN))('GET', '/collections/rooms/r?expand=messages')
    expect(room.body.messages).toHaveLength(1)
    expect((await api.as(user(BEN))('GET', '/collections/rooms/r?expand=messages')).status).toBe(404)
  })
})

describe('field rules', () => {
  test('one without doc that fails: the field does not exist, in no clause and no message', async () => {
    const { body } = await api.anonymous('GET', '/collections/posts/open')
    expect(Object.keys(body)).not.toContain('staff')
    for (const query of ['filter=staff:eq:x', 'sort=staff', 'fields=staff', "where=doc.staff=='x'"]) {
      const refused = await api.anonymous('GET', `/collections/posts?${query}`)
      const unknown = await api.anonymous('GET', `/collections/posts?${query.replaceAll('staff', 'stuff')}`)
      expect(refused.status).toBe(400)
      expect(refused.body.error.message.replaceAll('staff', '*')).toBe(
        unknown.body.error.message.replaceAll('stuff', '*'),
      )
    }
    const admin = await api.as(user(BEN, { role: 'admin' }))('GET', '/collections/posts?filter=staff:eq:x')
    expect(ids(admin)).toEqual(['draft'])
  })

  test('one with doc: absent where it fails, and every clause sees null', async () => {
    const bens = await api.as(user(BEN))('GET', '/collections/posts/open')
    expect(Object.keys(bens.body)).not.toContain('secret')
    expect((await api.as(user(ANN))('GET', '/collections/posts/open')).body.secret).toBe('s2')
    expect(ids(await api.as(user(BEN))('GET', '/collections/posts?filter=secret:eq:s2'))).toEqual([])
    expect(ids(await api.as(user(ANN))('GET', '/collections/posts?filter=secret:eq:s2'))).toEqual(['open'])
    expect(ids(await api.as(user(BEN))('GET', "/collections/posts?where=doc.secret=='s2'"))).toEqual([])
  })

  test('write rules: without doc the field cannot be given, with doc the document decides', async () => {
    const ann = api.as(user(ANN))
    const views = await ann('PATCH', '/collections/posts/open', { views: 3 })
    expect([views.status, views.body.error.details[0].code]).toEqual([422, 'read_only'])
    const staff = await ann('PATCH', '/collections/posts/open', { staff: 'y' })
    expect([staff.status, staff.body.error.details[0].code]).toEqual([422, 'unknown'])
    expect((await ann('PATCH', '/collections/posts/draft', { pinned: true })).status).toBe(403)
    expect((await ann('PATCH', '/collections/posts/open', { pinned: true })).status).toBe(200)
    // Not before, so not together with what would make it right.
    expect((await ann('PATCH', '/collections/posts/draft', { pinned: true, status: 'published' })).status).toBe(403)
  })
})

describe('create', () => {
  test('the rule sees the resulting document', async () => {
    const mine = { id: 'n1', author_id: ANN, title: 'Mine' }
    expect((await api.anonymous('POST', '/collections/posts', mine)).status).toBe(401)
    expect((await api.as(user(BEN))('POST', '/collections/posts', mine)).status).toBe(403)
    expect((await api.as(user(ANN))('POST', '/collections/posts', mine)).status).toBe(201)
    expect((await api.system('GET', '/collections/posts?count=true')).body.total).toBe(4)
  })

  test('a refused document of a batch undoes the others', async () => {
    const response = await api.as(user(ANN))('POST', '/collections/posts', [
      { id: 'n1', author_id: ANN, title: 'Mine' },
      { id: 'n2', author_id: BEN, title: 'Not mine' },
    ])
    expect([response.status, response.body.error.operation]).toEqual([403, 1])
    expect((await api.system('GET', '/collections/posts/n1')).status).toBe(404)
  })

  test('a created document that may not be read gives its key alone', async () => {
    const response = await api.anonymous('POST', '/collections/drops', { id: 'd', text: 'for your eyes only' })
    expect([response.status, response.body]).toEqual([201, { id: 'd' }])
  })

  test('a field that the document does not let anybody write asks strangers to sign in', async () => {
    const drop = { id: 'd', text: 'y', mark: 'm' }
    expect((await api.anonymous('POST', '/collections/drops', drop)).status).toBe(401)
    expect((await api.as(user(ANN))('POST', '/collections/drops', drop)).status).toBe(403)
    expect((await api.anonymous('POST', '/collections/drops', { ...drop, text: 'x' })).status).toBe(201)
  })

  test('members of a room may write there', async () => {
    await api.system('POST', '/collections/rooms', { id: 'r', name: 'Room' })
    await api.system('POST', '/collections/members', { room: 'r', user: ANN })
    expect((await api.as(user(ANN))('POST', '/collections/messages', { room: 'r', text: 'a' })).status).toBe(201)
    expect((await api.as(user(BEN))('POST', '/collections/messages', { room: 'r', text: 'b' })).status).toBe(403)
    expect((await api.as(user(BEN))('GET', '/collections/messages')).body.docs).toEqual([])
  })
})

describe('update', () => {
  test('readable but not changeable is 403, unreadable is 404', async () => {
    expect((await api.as(user(BEN))('PATCH', '/collections/posts/open', { title: 'x' })).status).toBe(403)
    expect((await api.anonymous('PATCH', '/collections/posts/open', { title: 'x' })).status).toBe(401)
    expect((await api.as(user(BEN))('PATCH', '/collections/posts/draft', { title: 'x' })).status).toBe(404)
    expect((await api.as(user(BEN))('PUT', '/collections/posts/draft', { author_id: BEN, title: 'x' })).status).toBe(
      404,
    )
    expect((await api.as(user(ANN))('PATCH', '/collections/posts/draft', { title: 'x' })).body.title).toBe('x')
  })

  test('a document cannot be given away by accident', async () => {
    expect((await api.as(user(ANN))('PATCH', '/collections/posts/open', { author_id: BEN })).status).toBe(403)
    expect((await api.system('GET', '/collections/posts/open')).body.author_id).toBe(ANN)
  })

  test('PUT keeps what the caller may not write or read', async () => {
    await api.system('PATCH', '/collections/posts/draft', { views: 7 })
    const put = await api.as(user(ANN))('PUT', '/collections/posts/draft', { author_id: ANN, title: 'New' })
    expect(put.status).toBe(200)
    const stored = (await api.system('GET', '/collections/posts/draft')).body
    expect(stored).toMatchObject({ title: 'New', views: 7, staff: 'x', secret: null })
  })

  test('permits are joined by OR, each as one transition; restrictions by AND', async () => {
    await api.system('POST', '/collections/tasks', [
      { id: 'a', owner: ANN },
      { id: 'b', owner: BEN },
      { id: 'p', owner: ANN, status: 'published' },
    ])
    const ben = api.as(user(BEN))
    // own: yes. publish: anybody may publish a draft, and nothing else.
    expect((await ben('PATCH', '/collections/tasks/b', { status: 'published' })).status).toBe(200)
    expect((await ben('PATCH', '/collections/tasks/a', { status: 'published' })).status).toBe(200)
    expect((await ben('PATCH', '/collections/tasks/p', { status: 'draft' })).status).toBe(403)
    // The stored document passes `publish`, the resulting one `own`: together they grant nothing.
    await api.system('PATCH', '/collections/tasks/a', { status: 'draft' })
    expect((await ben('PATCH', '/collections/tasks/a', { owner: BEN })).status).toBe(403)
    const unverified = api.as(user(BEN, { verified: false }))
    expect((await unverified('PATCH', '/collections/tasks/b', { status: 'draft' })).status).toBe(403)
    expect((await unverified('DELETE', '/collections/tasks/b')).status).toBe(403)
    expect((await ben('DELETE', '/collections/tasks/b')).status).toBe(204)
  })
})

describe('delete', () => {
  test('by rule or by permission', async () => {
    expect((await api.anonymous('DELETE', '/collections/posts/open')).status).toBe(401)
    expect((await api.as(user(BEN))('DELETE', '/collections/posts/open')).status).toBe(403)
    expect((await api.as(user(BEN))('DELETE', '/collections/posts/draft')).status).toBe(404)
    expect((await api.as(user(BEN, { role: 'moderator' }))('DELETE', '/collections/posts/open')).status).toBe(204)
    expect((await api.as(user(ANN))('DELETE', '/collections/posts/draft')).status).toBe(204)
  })
})

describe('service keys', () => {
  const key = (scope: 'data:read' | 'data:write', collections?: string[]) =>
    api.as({ kind: 'service_key', id: 'k', scopes: [collections ? { scope, collections } : { scope }] })

  test('a key reads or writes what its scope says, by every route', async () => {
    const reader = key('data:read', ['posts'])
    expect((await reader('GET', '/collections/posts?count=true')).body.total).toBe(3)
    expect((await reader('GET', '/collections/members')).status).toBe(403)
    expect((await reader('PATCH', '/collections/posts/open', { title: 'x' })).status).toBe(403)
    expect((await reader('DELETE', '/collections/posts/open')).status).toBe(403)
    expect((await reader('POST', '/admin/import/posts')).status).toBe(403)
    const operations = [{ op: 'delete', collection: 'posts', id: 'open' }]
    expect((await reader('POST', '/batch', { operations })).status).toBe(403)
    const one = await reader('GET', '/collections/posts/open?expand=author')
    expect(one.body.author).toBe(null)
  })

  test('a key that may only write sees keys alone', async () => {
    const writer = key('data:write')
    const made = await writer('POST', '/collections/posts', { id: 'n', author_id: ANN, title: 't' })
    expect([made.status, made.body]).toEqual([201, { id: 'n' }])
    expect((await writer('PATCH', '/collections/posts/n', { title: 'u' })).body).toEqual({ id: 'n' })
    expect((await writer('DELETE', '/collections/posts/n')).status).toBe(204)
  })
})
