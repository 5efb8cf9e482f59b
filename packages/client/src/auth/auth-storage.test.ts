import { describe, expect, test } from 'bun:test'
import { useServer } from '@koyalite/testkit'
import { createKoyalite, type KoyaliteOptions } from '../index'
import { BLOG_SCHEMA, metadata } from '../testing/blog'
import { type AuthStorage, memoryStorage } from './auth-storage'

const PASSWORD = 'correct horse battery'
const server = useServer({
  schema: BLOG_SCHEMA,
  settings: 'auth: { rate_limit: { register: 100000/minute } }\n',
})
const client = (options: Partial<KoyaliteOptions> = {}) =>
  createKoyalite(metadata, { url: server.process.url, ...options })

let accounts = 0
async function register(koya: ReturnType<typeof client>): Promise<void> {
  await koya.auth.register({ email: `user${++accounts}@example.com`, password: PASSWORD, name: 'Ann' })
}

describe('where a session is stored', () => {
  test('D25 servers have one session per client, in memory, and end by themselves', async () => {
    const [one, other] = [client(), client()]
    await register(one)
    expect(one.auth.isPersistent).toBe(false)
    await other.auth.ready
    expect(other.auth.status).toBe('signed_out')
    expect(
      await runScript(`
      const koya = createKoyalite({ collections: {} }, { url: '${server.process.url}' })
      koya.auth.onChange(() => {})
      await koya.auth.register({ email: 'script@example.com', password: '${PASSWORD}' })
      await koya.auth.getMe()
      console.log(koya.auth.status)`),
    ).toBe('signed_in\n')
  })

  test('React Native has little more than `fetch` and an asynchronous storage', async () => {
    expect(
      await runScript(`
      const absent = ['crypto', 'navigator', 'BroadcastChannel', 'structuredClone', 'URLSearchParams', 'WebSocket']
      for (const name of absent) Reflect.deleteProperty(globalThis, name)
      const values = new Map()
      const storage = {
        getItem: async (key) => values.get(key) ?? null,
        setItem: async (key, value) => void values.set(key, value),
        removeItem: async (key) => void values.delete(key),
      }
      const open = () => createKoyalite({ collections: {} }, { url: '${server.process.url}', storage })
      const first = open()
      await first.auth.register({ email: 'native@example.com', password: '${PASSWORD}' })
      await first.auth.refresh(Infinity)
      const again = open()
      const states = [again.auth.status]
      await again.auth.ready
      states.push(again.auth.status, (await again.auth.getMe()).email)
      const { message } = await again.auth.oauth('github', { open: () => {} }).catch((error) => error)
      console.log(states.join(), message)`),
    ).toMatch(/^loading,signed_in,native@example.com .*polyfill/)
  })

  test('D26 two servers, and two names, on one origin do not meet', async () => {
    const storage = memoryStorage()
    const koya = client({ storage })
    await register(koya)
    const others = [
      client({ storage, url: server.process.url.replace('127.0.0.1', 'localhost') }),
      client({ storage, storageKey: 'admin' }),
    ]
    for (const other of others) {
      expect(other.auth.status).toBe('signed_out')
      await register(other)
      expect(other.auth.user?.id).not.toBe(koya.auth.user?.id)
    }
    expect(client({ storage, url: `${server.process.url}/` }).auth.user?.id).toBe(koya.auth.user?.id as string)
  })

  test('D27 where it is asynchronous, `loading` comes first, and calls wait', async () => {
    const shared = memoryStorage()
    await register(client({ storage: shared }))
    const gate = Promise.withResolvers<void>()
    const storage: AuthStorage = { ...shared, getItem: (key) => gate.promise.then(() => shared.getItem(key)) }
    const koya = client({ storage })
    const states: string[] = []
    koya.auth.onChange((event) => void states.push(event))
    const me = koya.auth.getMe()
    expect([koya.auth.status, koya.auth.user]).toEqual(['loading', null])
    gate.resolve()
    expect((await me).name).toBe('Ann')
    expect(states).toEqual(['signed_in'])
    // Where it is not, there is nothing to wait for.
    expect(client({ storage: shared }).auth.status).toBe('signed_in')
  })

  test.each<[string, Partial<AuthStorage>]>([
    ['reads throw', { getItem: () => unusable() }],
    ['writes throw', { setItem: () => unusable() }],
    [
      'all reject',
      { getItem: async () => unusable(), setItem: async () => unusable(), removeItem: async () => unusable() },
    ],
  ])('D28 where %s, it is memory', async (_, faults) => {
    const koya = client({ storage: { ...memoryStorage(), ...faults } })
    await register(koya)
    expect([koya.auth.status, koya.auth.isPersistent]).toEqual(['signed_in', false])
    expect(await koya.auth.updateMe({ name: 'Bob' })).toMatchObject({ name: 'Bob' })
    await koya.auth.logout()
    expect(koya.auth.status).toBe('signed_out')
  })

  test('D28 where browsers refuse localStorage itself, it is memory', async () => {
    const page = { document: {}, localStorage: Object.getOwnPropertyDescriptor(globalThis, 'localStorage') }
    Object.defineProperty(globalThis, 'document', { value: page.document, configurable: true })
    Object.defineProperty(globalThis, 'localStorage', { get: () => unusable(), configurable: true })
    const koya = client()
    expect([koya.auth.status, koya.auth.isPersistent]).toEqual(['signed_out', false])
    Reflect.deleteProperty(globalThis, 'document')
    Reflect.deleteProperty(globalThis, 'localStorage')
    if (page.localStorage) Object.defineProperty(globalThis, 'localStorage', page.localStorage)
  })

  test.each(['', 'no JSON', '{}', '{"user":null,"refresh_token":"x"}', '[1]', 'null'])(
    'what is not a session is none: %p',
    async (text) => {
      const storage = memoryStorage()
      storage.setItem('session', text)
      expect(client({ storage, storageKey: 'session' }).auth.status).toBe('signed_out')
    },
  )
})

/** In a process of its own, which has to end by itself. Returns what it has written. */
async function runScript(code: string): Promise<string> {
  const script = `import { createKoyalite } from '${import.meta.dir}/../index.ts'\n${code}`
  const child = Bun.spawn([process.execPath, '-e', script], { stdout: 'pipe', stderr: 'inherit', timeout: 20_000 })
  const output = await new Response(child.stdout).text()
  expect(await child.exited).toBe(0)
  return output
}

function unusable(): never {
  throw new Error('the storage is not available')
}
