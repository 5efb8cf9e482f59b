import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { totpCode } from '@koyalite/testkit'
import { createKoyalite, type KoyaliteOptions } from '../index'
import { metadata } from '../testing/blog'
import { useSteppingServer } from './testing/stepping-server'

const TTL_MS = 15 * 60_000
const server = useSteppingServer(TTL_MS)
const PAGE = readFileSync(`${import.meta.dir}/../../../../docs/clients-accounts.md`, 'utf8')
const SAMPLES = Array.from(PAGE.matchAll(/```ts\n([\s\S]*?)```/g), ([, code = '']) => code)
const NEXT = SAMPLES.findIndex((code) => code.startsWith('// lib/koya.ts'))

/** The code without what only a compiler and a bundler need. */
function runnable(samples: readonly string[]): string {
  const code = samples.join('\n').replace(/^import .*$/gm, '')
  const script = new Bun.Transpiler({ loader: 'ts', deadCodeElimination: false }).transformSync(code)
  return script.replace(/^export (?=async function|function)/gm, '').replace(/^export \{[^}]*\};?$/gm, '')
}

const create = (options: KoyaliteOptions) => createKoyalite(metadata, { ...options, url: server.process.url })

test('the samples of docs/clients-accounts.md run, one after the other', async () => {
  expect(NEXT).toBeGreaterThan(5)
  const code = runnable(SAMPLES.slice(0, NEXT))
  const run = new Function('createKoyalite', 'codeOf', `return (async () => {\n${code}\nreturn koya\n})()`)
  const koya = await run(create, (secret: string) => totpCode(secret, -1))
  expect(koya.auth.user).toMatchObject({ email: 'ann@example.com', name: 'Ann B.' })
})

type Options = Readonly<Record<string, unknown>>

/** Cookies as Next.js has them. @param isReadOnly in server components */
function cookieJar(values: Map<string, string>, isReadOnly = false) {
  const check = () => {
    if (isReadOnly) throw new Error('Cookies can only be modified in a Server Action or Route Handler')
  }
  return {
    get: (name: string) => (values.has(name) ? { name, value: values.get(name) } : undefined),
    set(name: string, value: string, _options?: Options) {
      check()
      values.set(name, value)
    },
    delete(name: string) {
      check()
      values.delete(name)
    },
  }
}

test('D24 the recipe for Next.js refreshes once, in the middleware, and components read', async () => {
  const browser = new Map<string, string>()
  let refreshes = 0
  const send: KoyaliteOptions['fetch'] = (url, init) => {
    if (url.endsWith('/api/auth/refresh')) refreshes++
    return fetch(url, init)
  }
  const response = { next: () => ({ cookies: cookieJar(browser) }) }
  const make = new Function(
    ...['createKoyalite', 'NextResponse', 'cookies'],
    `${runnable(SAMPLES.slice(NEXT))}\nreturn { koyaOf, middleware, load }`,
  )
  const request = (values = new Map(browser)) => ({
    values,
    ...make(
      (options: KoyaliteOptions) => create({ ...options, fetch: send }),
      response,
      async () => cookieJar(values, true),
    ),
  })
  const { koyaOf } = request()
  await koyaOf(cookieJar(browser)).auth.register({ email: 'next@example.com', password: 'correct horse battery' })
  expect([...browser.keys()]).toEqual(['session'])

  const now = Date.now
  Date.now = () => now() + TTL_MS
  await server.step()
  try {
    // A component without the middleware: refused, and the session is as it was.
    const alone = request()
    expect(await alone.load().catch(({ code }: { code: string }) => code)).toBe('UNAUTHENTICATED')
    expect(refreshes).toBe(0)
    // Two requests with the same cookie, each with several components.
    const requests = [request(), request()]
    await Promise.all(requests.map(({ values, middleware }) => middleware({ cookies: cookieJar(values) })))
    expect(refreshes).toBe(2)
    const pages = await Promise.all(requests.flatMap(({ load }) => [load(), load(), load()]))
    expect(pages.map(({ user }) => user.email)).toEqual(Array(6).fill('next@example.com'))
    const tokens = requests.map(({ values }) => JSON.parse(values.get('session') ?? '').refresh_token)
    expect(tokens[0]).toBe(tokens[1])
    // Nothing to do as long as it is fresh.
    const next = request()
    await next.middleware({ cookies: cookieJar(next.values) })
    expect(refreshes).toBe(2)
    // An ended session is signed out.
    await koyaOf(cookieJar(new Map(browser))).auth.logout()
    const last = request()
    await koyaOf(cookieJar(last.values)).auth.refresh(Number.POSITIVE_INFINITY)
    expect([...last.values.keys()]).toEqual([])
  } finally {
    Date.now = now
  }
})
