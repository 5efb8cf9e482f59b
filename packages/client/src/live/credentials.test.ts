import { afterAll, expect, test } from 'bun:test'
import { createApi, expectStatus, until, useServer } from '@koyalite/testkit'
import { KoyaError } from '../koya-error'
import type { LiveRequest, Session } from '../ports'
import { openLive, watch } from '../testing/live-client'
import { type Network, startNetwork } from '../testing/network'
import { tokenSession } from '../token-session'

const server = useServer({
  schema: `version: 1
collections:
  users: { fields: { name: { type: string, nullable: true } }, rules: { read: "true" } }
  posts:
    fields:
      id: { type: uuid, primary: true, default: auto }
      title: { type: string }
      owner_id: { type: uuid, references: users.id, default: auth.id }
    rules: { read: "doc.owner_id == auth.id", create: "auth.id != null" }
`,
  settings: 'auth: { jwt: { access_ttl: 3s }, rate_limit: { register: 100/minute, api: 100000/minute } }\n',
})
const cleanups: (() => void)[] = []
afterAll(() => {
  for (const clean of cleanups) clean()
})
const request: LiveRequest = { key: 'posts', collection: 'posts', payload: { collection: 'posts', limit: 100 } }

function network(): Network {
  const made = startNetwork(server.process.port)
  cleanups.push(() => made.stop())
  return made
}

interface User {
  readonly session: Session
  readonly refreshes: () => number
  create(title: string): Promise<string>
  /** Refreshing fails. */
  isAway: boolean
}

let users = 0
async function register(): Promise<User> {
  const account = { email: `live${++users}@example.com`, password: 'correct horse battery' }
  const anonymous = createApi(server.process.url)
  const { body } = expectStatus(await anonymous.post('/api/auth/register', account), 201)
  let { access_token, refresh_token } = body
  let refreshes = 0
  async function refresh(): Promise<string> {
    if (user.isAway) throw new KoyaError('NETWORK', 'no network')
    refreshes++
    const renewed = expectStatus(await anonymous.post('/api/auth/refresh', { refresh_token }), 200).body
    access_token = renewed.access_token
    refresh_token = renewed.refresh_token
    return access_token
  }
  const user: User = {
    session: tokenSession(({ expired }) => (expired ? refresh() : access_token)),
    refreshes: () => refreshes,
    async create(title) {
      const document = { title, owner_id: body.user.id }
      return expectStatus(await server.api.post('/api/collections/posts', document), 201).body.id
    },
    isAway: false,
  }
  return user
}

/** The time of a token that is there now is over. */
function afterExpiry(): Promise<unknown> {
  const over = Date.now() + 3_100
  return until(() => Date.now() > over)
}

test.concurrent('D29 a token is renewed on the open connection', async () => {
  const user = await register()
  const net = network()
  const live = openLive(net.url, user.session)
  await user.create('a')
  const seen = watch(live, request)
  await afterExpiry()
  expect(user.refreshes()).toBeGreaterThan(0)
  await user.create('b')
  await until(() => seen.docs.length === 2)
  expect(net.opened).toBe(1)
  expect(seen.statuses).toEqual(['connecting', 'live'])
  seen.stop()
})

test.concurrent('D46 a connection that ends with its token continues with the next one, where it was', async () => {
  const user = await register()
  const net = network()
  const live = openLive(net.url, user.session)
  await user.create('a')
  const seen = watch(live, request)
  await until(() => seen.states.length === 1)
  user.isAway = true
  await until(() => seen.statuses.at(-1) === 'stale')
  await user.create('b')
  user.isAway = false
  await until(() => seen.docs.length === 2)
  expect(seen.deltas.map(({ reset }) => reset)).toEqual([true, false])
  expect(seen.errors).toEqual([])
  seen.stop()
})

test.concurrent('D29 an expired token is renewed before the connection is made again', async () => {
  const user = await register()
  const net = network()
  const live = openLive(net.url, user.session)
  await user.create('a')
  const seen = watch(live, request)
  await until(() => seen.states.length === 1)
  net.down(true)
  const [opened, refreshes] = [net.opened, user.refreshes()]
  await user.create('b')
  await afterExpiry()
  net.down(false)
  live.realtime.wake()
  await until(() => seen.docs.length === 2)
  expect([net.opened, user.refreshes()]).toEqual([opened + 1, refreshes + 1])
  expect(seen.deltas.map(({ reset }) => reset)).toEqual([true, false])
  seen.stop()
})

test.concurrent('D47 a token that is refused, and no other: an error, once', async () => {
  const net = network()
  const live = openLive(net.url, tokenSession('kl_wrong'))
  const seen = watch(live, request)
  await until(() => seen.errors.length > 0)
  expect(seen.errors.map(({ code }) => code)).toEqual(['UNAUTHENTICATED'])
  expect(seen.statuses).toEqual(['connecting', 'closed'])
  expect(live.realtime.status.getSnapshot()).toMatchObject({ status: 'closed', error: seen.errors[0] })
  expect(net.opened).toBe(1)
  seen.stop()
})

test.concurrent('D30 another user: what was held is gone before anything else, and nothing of it comes back', async () => {
  const [ann, bob] = [await register(), await register()]
  await ann.create('of Ann')
  const net = network()
  let now: User | null = ann
  let changed = () => {}
  const become = (user: User | null) => {
    now = user
    changed()
  }
  const live = openLive(net.url, {
    cookies: false,
    bearer: async () => now?.session.bearer() ?? null,
    renewed: async (refused) => now?.session.renewed(refused) ?? null,
    onUserChange(listener) {
      changed = listener
      return () => {}
    },
  })
  const seen = watch(live, request)
  const store = live.open(request)
  await until(() => seen.docs.length === 1)
  const { seq } = seen.states[0] ?? { seq: '' }
  const waiting = store.reached(`${seq}999`).catch((error) => error)
  become(bob)
  expect(seen.docs).toEqual([])
  expect(seen.deltas.at(-1)).toMatchObject({ deletes: [seen.states[0]?.docs[0]?.id], reset: true })
  expect(store.getSnapshot()).toMatchObject({ docs: [], seq: undefined, status: 'connecting' })
  expect(await waiting).toMatchObject({ code: 'ABORTED' })
  await bob.create('of Bob')
  await until(() => seen.docs.length === 1)
  expect(seen.docs[0]?.title).toBe('of Bob')
  become(null)
  expect(seen.docs).toEqual([])
  await until(() => store.getSnapshot().status === 'live')
  expect(store.getSnapshot().docs).toEqual([])
  become(ann)
  await until(() => seen.docs[0]?.title === 'of Ann')
  expect(seen.errors).toEqual([])
  seen.stop()
})
