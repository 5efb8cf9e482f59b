import { describe, expect, test } from 'bun:test'
import {
  type Api,
  expectError,
  expectStatus,
  type Followed,
  LiveList,
  LiveSocket,
  openEventStream,
  useServer,
} from '@koyalite/testkit'

const server = useServer({
  settings: 'auth: { rate_limit: { register: 1000/minute, login: 1000/minute } }',
  schema: `
version: 1
roles:
  editor: { permissions: ["notes.edit"] }
collections:
  notes:
    fields:
      id:       { type: int, primary: true, default: auto }
      owner_id: { type: uuid, nullable: true, references: users.id, onDelete: cascade }
      text:     { type: string, default: "" }
      n:        { type: int, default: 0 }
    rules: { read: "true", create: "true", update: "true", delete: "true" }
  diaries:
    fields:
      id:       { type: int, primary: true, default: auto }
      owner_id: { type: uuid, references: users.id, onDelete: cascade }
      text:     { type: string, default: "" }
    rules: { read: "auth.id != null && doc.owner_id == auth.id" }
  drafts:
    fields:
      id:   { type: int, primary: true, default: auto }
      text: { type: string, default: "" }
    rules: { read: "auth.can('notes.edit') || auth.role == 'user'" }
`,
})

interface Person {
  readonly id: string
  readonly token: string
}
async function person(): Promise<Person> {
  const credentials = { email: `${crypto.randomUUID()}@example.com`, password: 'a long enough password' }
  const { access_token, user } = expectStatus(await server.anonymous.post('/api/auth/register', credentials), 201).body
  return { id: user.id, token: access_token }
}
const write = async (collection: string, doc: object): Promise<{ id: number }> =>
  expectStatus(await server.api.post(`/api/collections/${collection}`, doc), 201).body

/** What the server says first to somebody who subscribes: whether they go on, and by which message they are shown what. */
async function begin(payload: object, token?: string, had?: LiveList) {
  const socket = await LiveSocket.open(server.process.url, token === undefined ? {} : { token })
  const followed = socket.follow(payload, had === undefined ? undefined : ({ list: had } as Followed))
  await socket.ping()
  await socket.close()
  const { list, error } = followed
  return { resumed: list.isResumed, states: list.states, docs: list.docs, resume: list.resume ?? '', error }
}
/** The same as server-sent events, by the first two events. */
async function beginStream(collection: string, query: string, since: string, token?: string) {
  const headers = { 'last-event-id': since, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) }
  const stream = await openEventStream(`${server.process.url}/api/collections/${collection}/live?${query}`, headers)
  const first = await stream.next()
  await stream.close()
  return first?.data.payload.resumed as boolean
}

describe('S3 a place in a list belongs to its actor, rights and query', () => {
  test('nobody else goes on from it, over either transport, in a list of one’s own as in one for all', async () => {
    const [ann, ben] = [await person(), await person()]
    await write('diaries', { owner_id: ann.id, text: 'secret' })
    for (const collection of ['diaries', 'notes']) {
      const payload = { collection, sort: ['-id'], limit: 5 }
      const query = 'sort=-id&limit=5'
      const { resume } = await begin(payload, ann.token)
      expect(await begin({ ...payload, since: resume }, ann.token)).toMatchObject({ resumed: true, states: [] })
      expect(await beginStream(collection, query, resume, ann.token)).toBe(true)
      const other = await begin({ ...payload, since: resume }, ben.token)
      expect(other).toMatchObject({ resumed: false, error: null, states: [{ by: 'snapshot' }] })
      expect(JSON.stringify(other.docs)).not.toContain('secret')
      expect(await beginStream(collection, query, resume, ben.token)).toBe(false)
      expect(await begin({ ...payload, since: resume }, server.key)).toMatchObject({ resumed: false, error: null })
      if (collection === 'diaries') continue
      expect(await begin({ ...payload, since: resume })).toMatchObject({ resumed: false, error: null })
      const nobodys = await begin(payload)
      expect(await begin({ ...payload, since: nobodys.resume })).toMatchObject({ resumed: true })
      expect(await begin({ ...payload, since: nobodys.resume }, ann.token)).toMatchObject({ resumed: false })
    }
  })

  test('a deleted user’s list is shown to nobody by their token', async () => {
    const ann = await person()
    await write('diaries', { owner_id: ann.id })
    const { resume } = await begin({ collection: 'diaries' }, ann.token)
    expectStatus(await server.api.delete(`/api/collections/users/${ann.id}`), 204)
    const now = await begin({ collection: 'diaries', since: resume })
    expect(now).toMatchObject({ resumed: false, docs: [], error: { code: 'UNAUTHENTICATED' } })
  })

  test.each([
    ['another filter', { filter: { n: 1 } }],
    ['another value', { filter: { n: { $lt: 7 } } }],
    ['a where', { where: 'doc.n < 5' }],
    ['another order', { sort: ['id'] }],
    ['another limit', { limit: 4 }],
    ['other fields', { fields: ['id'] }],
    ['an expansion', { expand: ['owner'] }],
    ['a total', { count: true }],
    ['another collection', { collection: 'drafts', filter: undefined }],
  ])('%s is another query', async (_name, different) => {
    const payload = { collection: 'notes', filter: { n: { $lt: 5 } }, sort: ['-id'], limit: 5 }
    const { token } = await person()
    const { resume } = await begin(payload, token)
    expect(await begin({ ...payload, since: resume }, token)).toMatchObject({ resumed: true })
    expect(await begin({ ...payload, ...different, since: resume }, token)).toMatchObject({
      resumed: false,
      error: null,
    })
  })

  test('other rights begin anew, and so does who has had other rights meanwhile', async () => {
    const ann = await person()
    await write('drafts', { text: 'a' })
    const role = async (name: string) =>
      expectStatus(await server.api.patch(`/api/collections/users/${ann.id}`, { role: name }), 200)
    const payload = { collection: 'drafts' }
    const { resume } = await begin(payload, ann.token)
    await role('editor')
    const editor = await begin({ ...payload, since: resume }, ann.token)
    expect(editor).toMatchObject({ resumed: false, error: null })
    expect(await begin({ ...payload, since: editor.resume }, ann.token)).toMatchObject({ resumed: true })
    const claims = { claims: { team: 'a' } }
    expectStatus(await server.api.patch(`/api/collections/users/${ann.id}`, claims), 200)
    const claiming = await begin({ ...payload, since: editor.resume }, ann.token)
    expect(claiming).toMatchObject({ resumed: false, error: null })
    await role('user')
    for (const since of [resume, editor.resume]) {
      expect(await begin({ ...payload, since }, ann.token)).toMatchObject({ resumed: false, error: null })
    }
  })

  test('who becomes somebody else on an open connection gets tokens of theirs from then on', async () => {
    const [ann, ben] = [await person(), await person()]
    const payload = { collection: 'notes', sort: ['-id'], limit: 1 }
    const socket = await LiveSocket.open(server.process.url, { token: ann.token })
    const followed = socket.follow(payload)
    await socket.shown(followed)
    socket.say({ id: 99, type: 'auth', payload: { token: ben.token } })
    const { id } = await write('notes', {})
    await socket.until(() => followed.list.docs[0]?.id === id)
    const since = followed.list.resume
    await socket.close()
    expect(await begin({ ...payload, since }, ann.token)).toMatchObject({ resumed: false })
    expect(await begin({ ...payload, since }, ben.token)).toMatchObject({ resumed: true })
  })

  test('a bare seq, and whatever else is no token of this place, gives a snapshot and tells nothing', async () => {
    const { token } = await person()
    const { resume, states } = await begin({ collection: 'notes' }, token)
    const seq = states.at(-1)?.seq ?? ''
    const [epoch, n, floor, mac = ''] = resume.split('.')
    expect(`${epoch}.${n}`).toBe(seq)
    // 128 bits at least that nobody can guess.
    expect(Buffer.from(mac, 'base64url').length).toBeGreaterThanOrEqual(16)
    const others = [
      ...[
        seq,
        `${seq}.`,
        `${seq}.${floor}`,
        `${seq}..${mac}`,
        `${seq}.0.${mac}`,
        `${epoch}.1.1.${mac}`,
        mac,
        '',
        ' ',
        '0',
      ],
      ...[
        resume.toUpperCase(),
        `${resume}A`,
        resume.slice(0, -1),
        `x${resume}`,
        `${epoch}.${Number(n) + 9}.${floor}.${mac}`,
      ],
      ...[
        `${epoch}.${n}.${floor}.${'A'.repeat(24)}`,
        'a'.repeat(500),
        '\u0000',
        '../..',
        `${epoch}.1e3.${floor}.${mac}`,
      ],
    ]
    for (const since of others) {
      const response = await begin({ collection: 'notes', since }, token)
      expect([since, response.resumed, response.error]).toEqual([since, false, null])
    }
  })

  test('tokens of all messages go on from where they were', async () => {
    const socket = await LiveSocket.open(server.process.url)
    const followed = socket.follow({ collection: 'notes', sort: ['-id'], limit: 300 })
    await socket.shown(followed)
    const tokens = [followed.list.resume]
    for (let round = 0; round < 3; round++) {
      const { id } = await write('notes', { text: `t${round}` })
      await socket.until(() => followed.list.docs[0]?.id === id)
      tokens.push(followed.list.resume)
    }
    await socket.close()
    for (const [missed, since] of tokens.toReversed().entries()) {
      const again = await begin({ collection: 'notes', sort: ['-id'], limit: 300, since })
      expect(again.resumed).toBe(true)
      expect(again.states.map(({ by }) => by)).toEqual(missed === 0 ? [] : ['delta'])
    }
  })
})

describe('S4 a list over HTTP, followed from where it was read', () => {
  const read = async (api: Api, query: object) => {
    const page = expectStatus(await api.list('notes', { ...query, resume: 'true' }), 200)
    const [seq, resume] = ['koyalite-seq', 'koyalite-resume'].map((name) => page.headers.get(name) ?? '')
    const list = new LiveList()
    list.show({ docs: page.body.docs, seq: seq as string, resume: resume as string })
    return list
  }
  const queries: readonly [rest: Record<string, string | number>, live: object][] = [
    [{}, {}],
    [
      { sort: '-id', limit: 2 },
      { sort: ['-id'], limit: 2 },
    ],
    [
      { filter: 'n:gte:1', sort: 'n' },
      { filter: { n: { $gte: 1 } }, sort: 'n' },
    ],
    [{ filter: 'n:in:1,2' }, { filter: { n: { $in: [1, 2] } } }],
    [
      { where: 'doc.n > 0', fields: 'id,n' },
      { where: 'doc.n > 0', fields: ['id', 'n'] },
    ],
    [{ expand: 'owner' }, { expand: ['owner'] }],
  ]
  test.each(queries)('%j', async (rest, live) => {
    const { token } = await person()
    for (const n of [0, 1, 2]) await write('notes', { n })
    const list = await read(server.anonymous, rest)
    const { resume } = list
    const query = new URLSearchParams(rest as Record<string, string>).toString()
    const payload = { collection: 'notes', ...live }
    expect(await begin({ ...payload, since: resume })).toMatchObject({ resumed: true, states: [] })
    expect(await beginStream('notes', query, resume ?? '')).toBe(true)
    expect(await begin({ ...payload, since: resume }, token)).toMatchObject({ resumed: false })
    // What is written between reading and following comes as a delta.
    const { id } = await write('notes', { n: 2, text: 'between' })
    const later = await begin(payload, undefined, list)
    expect(later).toMatchObject({ resumed: true, states: [{ by: 'delta' }] })
    expect(JSON.stringify(later.docs)).toContain(`"id":${id},`)
    expect(later.docs).toEqual((await server.anonymous.list('notes', rest)).body.docs)
  })

  test('is asked for by `resume=true` alone, and makes the list no other one', async () => {
    const plain = await server.anonymous.list('notes', { limit: 1 })
    expect(plain.headers.get('koyalite-resume')).toBeNull()
    const asked = await server.anonymous.list('notes', { limit: 1, resume: 'true' })
    expect(asked.body).toEqual(plain.body)
    expect((await server.anonymous.list('notes', { resume: 'false' })).headers.get('koyalite-resume')).toBeNull()
    for (const query of ['resume=', 'resume=1', 'resume=true&resume=true']) {
      expectError(await server.anonymous.get(`/api/collections/notes?${query}`), 'INVALID_REQUEST')
    }
    const { next_cursor } = asked.body
    expectStatus(await server.anonymous.list('notes', { limit: 1, cursor: next_cursor, resume: 'true' }), 200)
  })

  test('`resume=all` goes on with all documents, where the page has them', async () => {
    const filter = `text:eq:${crypto.randomUUID()}`
    const text = filter.slice('text:eq:'.length)
    for (const n of [1, 2]) await write('notes', { n, text })
    const since = async (more: object) =>
      (await server.anonymous.list('notes', { filter, resume: 'all', ...more })).headers.get('koyalite-resume')
    const payload = { collection: 'notes', filter: { text }, since: (await since({ limit: 500 })) ?? '' }
    expect(await begin({ ...payload, limit: null })).toMatchObject({ resumed: true, states: [] })
    expect(await begin({ ...payload, limit: 500 })).toMatchObject({ resumed: false })
    expect([await since({ limit: 1 }), await since({ offset: 1 })]).toEqual([null, null])
  })

  test('of an actor is theirs alone', async () => {
    const [ann, ben] = [await person(), await person()]
    await write('diaries', { owner_id: ann.id })
    const api = server.anonymous
    const headers = { authorization: `Bearer ${ann.token}` }
    const page = await api.get('/api/collections/diaries?resume=true', { headers })
    const since = page.headers.get('koyalite-resume') ?? ''
    expect(await begin({ collection: 'diaries', since }, ann.token)).toMatchObject({ resumed: true, states: [] })
    expect(await begin({ collection: 'diaries', since }, ben.token)).toMatchObject({ resumed: false, docs: [] })
  })
})

test('S5 a restart, and a rotation of the signing keys, leave every place where it was; another resume key none', async () => {
  const { token } = await person()
  await write('notes', { text: 'before' })
  const payload = { collection: 'notes', sort: ['-id'], limit: 200 }
  const [hers, nobodys] = [await begin(payload, token), await begin(payload)]
  await server.restart()
  expect(await begin({ ...payload, since: hers.resume }, token)).toMatchObject({ resumed: true, states: [] })
  const { id } = await write('notes', { text: 'after' })
  for (const [since, who] of [[hers.resume, token], [nobodys.resume]] as const) {
    const again = await begin({ ...payload, since }, who)
    expect(again).toMatchObject({ resumed: true, states: [{ by: 'delta' }] })
    expect(again.docs[0]?.id).toBe(id)
  }
  expectStatus(await server.api.post('/api/admin/signing-keys/rotate', {}), 201)
  expect(await begin({ ...payload, since: hers.resume }, token)).toMatchObject({ resumed: true })
  await Bun.file(`${server.project.dir}/data/keys/resume.json`).delete()
  await server.restart()
  expect(await begin({ ...payload, since: hers.resume }, token)).toMatchObject({ resumed: false, error: null })
})
