import { afterAll, describe, expect, spyOn, test } from 'bun:test'
import { startFaultProxy, until } from '@koyalite/testkit'
import { createKoyalite, isKoyaError, type KoyaError, type KoyaliteOptions } from '../index'
import { metadata } from '../testing/blog'
import { memoryStorage } from './auth-storage'
import { slowStorage } from './testing/slow-storage'
import { useSteppingServer } from './testing/stepping-server'

const TTL_MS = 15 * 60_000
const PASSWORD = 'correct horse battery'
const REFRESH = '/api/auth/refresh'
const server = useSteppingServer(TTL_MS)
const client = (options: Partial<KoyaliteOptions> = {}) =>
  createKoyalite(metadata, { url: server.process.url, ...options })
type Client = ReturnType<typeof client>

const realNow = Date.now.bind(Date)
let offset = 0
Date.now = () => realNow() + offset
afterAll(() => {
  Date.now = realNow
})

/** Access tokens expire, on both clocks. */
async function expire(): Promise<void> {
  await server.step()
  offset += TTL_MS
}

let accounts = 0
async function register(koya: Client) {
  const email = `user${++accounts}@example.com`
  await koya.auth.register({ email, password: PASSWORD, name: 'Ann' })
  return email
}

/** What a client has sent, and a way to respond to it otherwise. */
function recorder(respond: (path: string) => Promise<Response> | undefined = () => undefined) {
  const requests: { readonly path: string; readonly bearer: string | null }[] = []
  const count = (path: string) => requests.filter((one) => one.path === path).length
  return {
    requests,
    refreshes: () => count(REFRESH),
    fetch: (url: string, init: RequestInit) => {
      const path = new URL(url).pathname
      requests.push({ path, bearer: new Headers(init.headers).get('authorization') })
      return respond(path) ?? fetch(url, init)
    },
  }
}

async function failure(call: Promise<unknown>): Promise<KoyaError> {
  const error = await call.then(
    () => new Error('it was not refused'),
    (reason: unknown) => reason,
  )
  if (isKoyaError(error)) return error
  throw error
}

describe('one refresh for all tabs', () => {
  test('D21 four tabs, one of them slow, over ten expiries: no logout, and one refresh each', async () => {
    const shared = memoryStorage()
    const seen = recorder()
    const tabs = [2, 2, 2, 10].map((slowness) => client({ storage: slowStorage(shared, slowness), fetch: seen.fetch }))
    const [first, ...others] = tabs
    await register(first as Client)
    for (const tab of others) expect((await tab.auth.getMe()).name).toBe('Ann')
    for (let i = 0; i < 10; i++) {
      await expire()
      const users = await Promise.all(tabs.flatMap(({ auth }) => [auth.getMe(), auth.getMe()]))
      expect(users).toHaveLength(8)
    }
    expect(tabs.map(({ auth }) => auth.status)).toEqual(Array(4).fill('signed_in'))
    expect(seen.refreshes()).toBe(10)
  })

  test('a tab that slept while another refreshed for hours goes on with what it finds', async () => {
    const storage = memoryStorage()
    const [awake, asleep] = [client({ storage }), client({ storage })]
    await register(awake)
    await asleep.auth.getMe()
    for (let i = 0; i < 3; i++) {
      await expire()
      await awake.auth.getMe()
    }
    // The one that it finds has expired as well.
    await expire()
    expect((await asleep.auth.getMe()).name).toBe('Ann')
    expect((await awake.auth.getMe()).name).toBe('Ann')
  })

  test('a response that was lost is asked for again, in time', async () => {
    let drops = 2
    const proxy = startFaultProxy(server.process.url, (_, { path }) =>
      path === REFRESH && drops-- > 0 ? 'drop' : undefined,
    )
    const koya = client({ url: proxy.url })
    await register(koya)
    await expire()
    expect((await koya.auth.getMe()).name).toBe('Ann')
    expect(proxy.requests.filter(({ path }) => path === REFRESH)).toHaveLength(3)
    await expire()
    expect((await koya.auth.getMe()).name).toBe('Ann')
    proxy.stop()
  })

  test('a request that hangs is sent again, and keeps nobody longer than they want to wait', async () => {
    let hangs = 1
    const seen = recorder((path) => (path === REFRESH && hangs-- > 0 ? new Promise(() => {}) : undefined))
    const koya = client({ fetch: seen.fetch })
    await register(koya)
    await expire()
    expect((await failure(koya.auth.getMe({ timeout: 50 }))).code).toBe('TIMEOUT')
    expect((await koya.auth.getMe()).name).toBe('Ann')
    expect(seen.refreshes()).toBe(2)
  })

  test.each(['login', 'logout'] as const)('a refresh on its way does not undo `%s`', async (change) => {
    const gate = Promise.withResolvers<void>()
    const seen = recorder()
    const koya = client({
      storage: slowStorage(),
      fetch: async (url, init) => {
        const response = await seen.fetch(url, init)
        if (url.endsWith(REFRESH)) await gate.promise
        return response
      },
    })
    const another = await register(client())
    await register(koya)
    await expire()
    const call = failure(koya.auth.getMe())
    await until(() => seen.refreshes() === 1)
    await (change === 'login' ? koya.auth.login(another, PASSWORD) : koya.auth.logout())
    gate.resolve()
    expect((await call).code).toBe(change === 'login' ? 'ABORTED' : 'UNAUTHENTICATED')
    if (change === 'login') expect((await koya.auth.getMe()).email).toBe(another)
    else expect(await koya.auth.getToken()).toBeNull()
  })

  test('a server that cannot be reached ends no session', async () => {
    let isDown = false
    const koya = client({ fetch: recorder(() => (isDown ? Promise.reject(new Error('offline')) : undefined)).fetch })
    await register(koya)
    await expire()
    isDown = true
    expect((await failure(koya.request('POST', '/api/auth/sessions'))).code).toBe('NETWORK')
    expect(koya.auth.status).toBe('signed_in')
    isDown = false
    expect((await koya.auth.getMe()).name).toBe('Ann')
  })

  test('a token is refreshed before it expires, while it is used; where that fails, it is used to its end', async () => {
    let gate: Promise<void> | undefined
    const seen = recorder((path) =>
      path === REFRESH ? gate?.then(() => new Response('down', { status: 500 })) : undefined,
    )
    const koya = client({ fetch: seen.fetch })
    await register(koya)
    const token = await koya.auth.getToken()
    offset += TTL_MS - 30_000
    const down = Promise.withResolvers<void>()
    gate = down.promise
    expect((await koya.auth.getMe()).name).toBe('Ann')
    expect(await koya.auth.getToken()).toBe(token)
    expect(seen.refreshes()).toBe(1)
    down.resolve()
    gate = undefined
    await until(async () => (await koya.auth.getToken()) !== token)
    expect(seen.refreshes()).toBe(2)
    expect((await koya.auth.getMe()).name).toBe('Ann')
  })

  test('D35 calls that wait for one refresh are aborted one by one', async () => {
    const gate = Promise.withResolvers<void>()
    const seen = recorder()
    const koya = client({
      fetch: async (url, init) => {
        if (new URL(url).pathname === REFRESH) await gate.promise
        return seen.fetch(url, init)
      },
    })
    await register(koya)
    await expire()
    const abort = new AbortController()
    const first = failure(koya.auth.getMe({ signal: abort.signal }))
    const second = koya.auth.getMe()
    abort.abort('why')
    expect(await first).toMatchObject({ code: 'ABORTED', cause: 'why' })
    gate.resolve()
    expect((await second).name).toBe('Ann')
    expect(seen.refreshes()).toBe(1)
  })
})

describe('D22 listeners', () => {
  test('may call the client, may fail, and are not waited for', async () => {
    const errors = spyOn(console, 'error').mockImplementation(() => {})
    const koya = client()
    const seen: string[] = []
    koya.auth.onChange(async (event, user) => {
      if (user !== null) seen.push(`${event} ${(await koya.auth.getMe()).name}`)
    })
    koya.auth.onChange(() => {
      throw new Error('a fault of the page')
    })
    koya.auth.onChange(() => Promise.reject(new Error('another')) as never)
    koya.auth.onChange(() => new Promise(() => {}) as never)
    await register(koya)
    await expire()
    await koya.auth.getMe()
    await until(() => seen.length === 2)
    expect(seen).toEqual(['signed_in Ann', 'refreshed Ann'])
    await until(() => errors.mock.calls.length >= 6)
    errors.mockRestore()
  })

  test('begin with the present state, and end', async () => {
    const koya = client()
    const events: string[] = []
    const stop = koya.auth.onChange((event) => void events.push(event))
    koya.auth.onChange((event) => void events.push(`${event} too`))()
    await koya.auth.ready
    await register(koya)
    stop()
    await koya.auth.logout()
    expect(events).toEqual(['signed_out', 'signed_in'])
  })
})

describe('D23 a call that had a session never goes out without one', () => {
  test('it takes what another tab stored, or is refused', async () => {
    const storage = slowStorage()
    const seen = recorder()
    const [here, there] = [client({ storage, fetch: seen.fetch }), client({ storage })]
    await register(here)
    await there.auth.getMe()
    await expire()
    const [mine, theirs] = await Promise.all([here.auth.getMe(), there.auth.getMe()])
    expect(mine).toEqual(theirs)
    await expire()
    await there.auth.logout()
    const sent = seen.requests.length
    // Anonymous callers may read posts.
    expect((await failure(here.posts.get())).code).toBe('UNAUTHENTICATED')
    expect(seen.requests.length).toBe(sent)
    expect(here.auth.status).toBe('signed_out')
    expect(await here.posts.get()).toEqual([])
  })

  test('nor as another user: signed in here while it was on its way', async () => {
    const gate = Promise.withResolvers<void>()
    let isHeld = false
    const koya = client({
      fetch: async (url, init) => {
        const isPost = url.endsWith('/posts') && init.method === 'POST'
        isHeld ||= isPost
        if (isPost) await gate.promise
        return fetch(url, init)
      },
    })
    await register(koya)
    const created = failure(koya.posts.create({ title: 'whose?' }))
    await until(() => isHeld)
    await koya.auth.logout()
    await register(koya)
    gate.resolve()
    expect((await created).code).toBe('ABORTED')
  })

  test('nor as another user: signed in there', async () => {
    const storage = memoryStorage()
    const [here, there] = [client({ storage }), client({ storage })]
    await register(here)
    await there.auth.getMe()
    await there.auth.logout()
    await register(there)
    expect((await failure(here.posts.create({ title: 'whose?' }))).code).toBe('ABORTED')
    expect(here.auth.user?.id).toBe(there.auth.user?.id as string)
  })

  test('nor when it is repeated', async () => {
    let tries = 0
    const busy = () => Promise.resolve(new Response('busy', { status: 503 }))
    const seen = recorder((path) => (path.endsWith('/posts') && tries++ === 0 ? busy() : undefined))
    const koya = client({ fetch: seen.fetch })
    await register(koya)
    const read = failure(koya.posts.get())
    await until(() => tries === 1)
    await koya.auth.logout()
    expect((await read).code).toBe('ABORTED')
    expect(tries).toBe(1)
  })

  test('an ended session is noticed: `expired`', async () => {
    const koya = client()
    await register(koya)
    const events: string[] = []
    koya.auth.onChange((event, user) => void events.push(`${event} ${user === null}`))
    const [session] = await koya.auth.sessions.list()
    await koya.auth.sessions.end(session?.id ?? '')
    expect((await failure(koya.auth.getMe())).code).toBe('UNAUTHENTICATED')
    expect(events).toEqual(['signed_in false', 'expired true'])
  })
})
