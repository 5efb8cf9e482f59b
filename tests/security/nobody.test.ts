import { describe, expect, test } from 'bun:test'
import { expectStatus, LiveSocket, openEventStream, useServer } from '@koyalite/testkit'
import { NO_LIMITS, PASSWORD, signUp } from './accounts'

const OWNED =
  'id: { type: string, primary: true }, owner_id: { type: uuid, nullable: true, references: users.id, onDelete: set null, index: true }, text: { type: string, nullable: true }'

/** Rules under which nobody would own what nobody owns, if null were equal to null. */
const RULES = {
  plain: 'auth.id == doc.owner_id',
  negated: '!(auth.id != doc.owner_id)',
  list: '[auth.id] == [doc.owner_id]',
  map: "{'a': auth.id}.a == doc.owner_id",
  bound: 'cel.bind(me, auth.id, doc.owner_id == me)',
  element: '[auth.id].exists(a, a == doc.owner_id)',
  ternary: "(auth.verified ? 'x' : auth.id) == doc.owner_id",
  perrow: "(doc.text == 'zz' ? 'x' : auth.id) == doc.owner_id",
  inside: 'doc.owner_id in [auth.id]',
  contained: 'auth.id in [doc.owner_id]',
  seated: 'seats.exists(s, s.user_id == auth.id)',
  unequal: "auth.role != 'banned'",
  address: 'auth.email == doc.owner_id',
  defined: 'is_owner(doc, auth.id)',
  given: "!differs(auth.id, doc.owner_id) || carried({'a': auth.id}.a)",
} as const
const NAMES = Object.keys(RULES)

const server = useServer({
  schema: `
version: 1
definitions:
  "is_owner(thing, id)": "thing.owner_id == id"
  "differs(a, b)": "a != b"
  "carried(a)": "[a].exists(x, cel.bind(y, x, y == doc.owner_id))"
collections:
  users:
    fields: { name: { type: string, nullable: true } }
    rules: { read: "auth.id != null", update: "auth.id == doc.id" }
  seats: { fields: { id: { type: string, primary: true }, user_id: { type: uuid, nullable: true } } }
${Object.entries(RULES)
  .map(
    ([name, rule]) =>
      `  ${name}:\n    fields: { ${OWNED} }\n    rules: { read: ${JSON.stringify(rule)}, create: ${JSON.stringify(rule)}, update: ${JSON.stringify(rule)}, delete: ${JSON.stringify(rule)} }\n`,
  )
  .join('')}
  open:
    fields:
      id: { type: string, primary: true }
      owner_id: { type: uuid, nullable: true }
      secret: { type: string, nullable: true, read: "auth.id == doc.owner_id", write: "auth.id == doc.owner_id" }
      team: { type: string, nullable: true }
    rules: { read: "true", update: "true", create: "true" }
  teams:
    fields: { id: { type: string, primary: true }, team: { type: string } }
    rules: { read: "auth.claims.team == doc.team" }
`,
  settings: NO_LIMITS,
})

test.each(NAMES)(
  '%s: an anonymous caller neither sees, makes, changes, deletes nor follows what nobody owns',
  async (name) => {
    const path = `/api/collections/${name}`
    expectStatus(await server.api.put('/api/collections/seats/free', { user_id: null }), 200, 201)
    expectStatus(await server.api.put(`${path}/free`, { owner_id: null, text: 'hidden' }), 201)
    const anonymous = server.anonymous
    const list = await anonymous.get(path)
    // The one rule that asks nothing of the document holds for no anonymous caller at all.
    expect(list.status).toBe(name === 'unequal' ? 401 : 200)
    expect(list.text).not.toContain('hidden')
    expect((await anonymous.get(`${path}/free`)).status).toBe(404)
    expect((await anonymous.patch(`${path}/free`, { text: 'mine' })).status).toBe(404)
    expect((await anonymous.put(`${path}/free`, { owner_id: null, text: 'mine' })).status).toBe(404)
    expect((await anonymous.delete(`${path}/free`)).status).toBe(404)
    expect((await anonymous.post(path, { id: 'new', owner_id: null })).status).toBe(401)
    const batch = await anonymous.post('/api/batch', {
      operations: [{ op: 'update', collection: name, id: 'free', data: { text: 'mine' } }],
    })
    expect(batch.status).toBe(404)
    if (list.status === 200) {
      expect(list.body.docs).toEqual([])
      const stream = await openEventStream(`${server.process.url}${path}/live`)
      let event = await stream.next()
      while (event !== null && event.event !== 'snapshot') event = await stream.next()
      expect(event?.data).toMatchObject({ payload: { docs: [] } })
      await stream.close()
    }
    expect((await server.api.get(`${path}/free`)).body).toMatchObject({ owner_id: null, text: 'hidden' })
  },
)

test.each(NAMES.filter((name) => !['seated', 'unequal', 'address', 'perrow'].includes(name)))(
  '%s: its owner does, and another user does not',
  async (name) => {
    const [ann, ben] = [await signUp(server), await signUp(server)]
    const path = `/api/collections/${name}`
    expectStatus(await server.api.put(`${path}/${ann.id}`, { owner_id: ann.id }), 201)
    // To whom an address is not proved, `verified` is false, and the ternary is the id.
    expect((await ann.api.get(path)).body.docs).toHaveLength(1)
    expect((await ben.api.get(path)).body.docs).toHaveLength(0)
    expect((await ann.api.patch(`${path}/${ann.id}`, { text: 'x' })).status).toBe(200)
  },
)

test('what an owner leaves behind is nobody’s', async () => {
  const ann = await signUp(server)
  expectStatus(await server.api.put('/api/collections/plain/left', { owner_id: ann.id, text: 'hidden' }), 201)
  const socket = await LiveSocket.open(server.process.url)
  const followed = socket.follow({ collection: 'plain' })
  await socket.shown(followed)
  expectStatus(await server.api.delete(`/api/admin/users/${ann.id}`), 204)
  expect((await server.api.get('/api/collections/plain/left')).body.owner_id).toBeNull()
  expect((await server.anonymous.get('/api/collections/plain/left')).status).toBe(404)
  await socket.ping()
  expect(followed.list.states.flatMap(({ docs }) => docs)).toEqual([])
  await socket.close()
})

test('where, and rules of fields', async () => {
  expectStatus(await server.api.put('/api/collections/open/o', { owner_id: null, secret: 'hidden', team: null }), 201)
  const find = async (where: string) =>
    (await server.anonymous.get(`/api/collections/open?where=${encodeURIComponent(where)}`)).body.docs.length
  expect(await find('doc.owner_id == null')).toBe(1)
  expect(await find('auth.id == null')).toBe(1)
  for (const where of [
    'doc.owner_id == auth.id',
    '!(doc.owner_id != auth.id)',
    'doc.owner_id in [auth.id]',
    'doc.team == auth.claims',
  ])
    expect(await find(where)).toBe(0)
  expect((await server.anonymous.get('/api/collections/open/o')).body).not.toHaveProperty('secret')
  for (const secret of ['mine', { $push: 'x' }])
    expect((await server.anonymous.patch('/api/collections/open/o', { secret })).status).toBeGreaterThanOrEqual(400)
  expect((await server.api.get('/api/collections/open/o')).body.secret).toBe('hidden')
})

describe('claims', () => {
  const claims = { team: 'red' }

  test('are never the user’s to write', async () => {
    const ann = await signUp(server)
    const registered = await server.anonymous.post('/api/auth/register', {
      ...{ email: 'claims@example.com', password: PASSWORD, claims },
    })
    expect(registered.status).toBe(422)
    expect((await server.anonymous.post('/api/auth/anonymous', { claims })).status).toBe(422)
    for (const path of ['/api/auth/me', `/api/collections/users/${ann.id}`]) {
      for (const body of [{ claims }, { claims: null }, { 'claims.team': 'red' }, { claims: { $push: 1 } }])
        expect((await ann.api.patch(path, body)).status).toBe(422)
    }
    expect((await ann.api.get('/api/auth/me')).body.claims).toBeNull()
  })

  test('are written by operators and keys, hold at once, and are shown to their owner', async () => {
    const [ann, ben] = [await signUp(server), await signUp(server)]
    expectStatus(await server.api.put('/api/collections/teams/t', { team: 'red' }), 201)
    const socket = await LiveSocket.open(server.process.url, { token: ann.access })
    const followed = socket.follow({ collection: 'teams' })
    await socket.shown(followed)
    expect((await ann.api.get('/api/collections/teams')).body.docs).toEqual([])
    expectStatus(await server.api.patch(`/api/admin/users/${ann.id}`, { claims }), 200)
    expect((await ann.api.get('/api/collections/teams')).body.docs).toHaveLength(1)
    await socket.until(() => followed.list.states.at(-1)?.docs.length === 1)
    expect((await ann.api.get('/api/auth/me')).body.claims).toEqual(claims)
    expect((await ann.api.get(`/api/collections/users/${ann.id}`)).body.claims).toEqual(claims)
    const seen = (await ben.api.get(`/api/collections/users/${ann.id}`)).body
    expect(seen).toHaveProperty('metadata')
    expect(seen).not.toHaveProperty('claims')
    expect((await ben.api.get('/api/collections/users?filter=claims.team:eq:red')).body.docs).toEqual([])
    expectStatus(await server.api.patch(`/api/collections/users/${ann.id}`, { claims: null }), 200)
    await socket.until(() => followed.list.states.at(-1)?.docs.length === 0)
    expect((await ann.api.get('/api/collections/teams')).body.docs).toEqual([])
    await socket.close()
  })
})

test('an address counts once it is verified', async () => {
  const ann = await signUp(server)
  const find = async () =>
    (await ann.api.get(`/api/collections/users?where=${encodeURIComponent('doc.email == auth.email')}`)).body.docs
  expect(await find()).toEqual([])
  expectStatus(await server.api.patch(`/api/admin/users/${ann.id}`, { verified: true }), 200)
  expect(await find()).toMatchObject([{ id: ann.id }])
})
