import { afterEach, describe, expect, test } from 'bun:test'
import { ANONYMOUS, AppError, type AuthHookCall, type HookValues } from '@koyalite/contracts'
import { until } from '@koyalite/testkit'
import { type HooksBench, hooksBench, TX } from '../testing/hooks-bench'

const open: HooksBench[] = []
afterEach(() => {
  for (const bench of open.splice(0)) bench.remove()
})

function bench(files: Readonly<Record<string, string>>): HooksBench {
  const sources = Object.entries(files).map(([file, body]) => [
    `hooks/${file}`,
    `import { defineAuthProvider, defineHooks, KoyaError } from '@koyalite/hooks'\nexport default defineHooks({\n${body}\n})\n`,
  ])
  const made = hooksBench(Object.fromEntries(sources))
  open.push(made)
  return made
}

async function loaded(body: string): Promise<HooksBench> {
  const made = bench({ 'a.ts': body })
  await made.hooks.load()
  return made
}

async function problems(files: Readonly<Record<string, string>>): Promise<string> {
  return bench(files)
    .hooks.load()
    .then(
      () => '',
      (error: Error) => error.message,
    )
}

function refusal(run: () => unknown): AppError {
  try {
    run()
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
  throw new Error('it threw nothing')
}

describe('validators', () => {
  test('say true, or what is wrong', async () => {
    const { hooks } = await loaded("types: { iban: (value) => value === 'DE1' || 'not an IBAN' }")
    const iban = hooks.extensions.validators.of('iban')
    expect([iban?.('DE1'), iban?.('x')]).toEqual([null, 'not an IBAN'])
    expect(hooks.extensions.validators.of('toString')).toBeNull()
  })

  test.each([
    'undefined',
    'false',
    'null',
    '1',
    '({})',
    'Promise.resolve(true)',
    'new Proxy({}, { get() { throw 1 } })',
  ])('one that returns %s lets nothing in', async (value) => {
    const { hooks } = await loaded(`types: { iban: () => ${value} }`)
    expect(refusal(() => hooks.extensions.validators.of('iban')?.('x')).code).toBe('INTERNAL')
  })

  test('one cannot change what it looks at', async () => {
    const { hooks } = await loaded('types: { tags(value) { value.push(1); return true } }')
    const value: number[] = []
    hooks.extensions.validators.of('tags')?.(value)
    expect(value).toEqual([])
  })
})

describe('hooks of sign-in', () => {
  const CALL: AuthHookCall = { method: 'otp', actor: ANONYMOUS, time: 0, ip: '203.0.113.1', requestId: 'r1' }
  const USER: HookValues = { id: 'u1', email: 'ann@example.com' }

  test('run in the order of files, in the transaction', async () => {
    const made = bench({
      'b.ts': "auth: { beforeRegister: (ctx, data) => ({ ...data, order: data.order + 'b' }) }",
      'a.ts': "auth: { beforeRegister(ctx, data) { ctx.db.counts.create({ n: 1 }); data.order = ctx.method + 'a' } }",
    })
    await made.hooks.load()
    const { auth } = made.hooks.extensions
    expect([auth.has('beforeRegister'), auth.has('beforeLogin')]).toEqual([true, false])
    expect(auth.beforeRegister(TX, CALL, USER)).toEqual({ ...USER, order: 'otpab' })
    expect(made.asked).toEqual([['create', 'counts', { n: 1 }]])
  })

  test('a KoyaError refuses in its own words, and a promise is a fault', async () => {
    const own = await loaded(
      "auth: { beforeLogin() { throw new KoyaError('NOT_YET', 'Come back later.', { status: 403 }) } }",
    )
    const error = refusal(() => own.hooks.extensions.auth.beforeLogin(TX, CALL, USER))
    expect([error.own?.code, error.message, error.status]).toEqual(['NOT_YET', 'Come back later.', 403])
    const late = await loaded('auth: { beforeLogin() { return Promise.resolve() } }')
    expect(refusal(() => late.hooks.extensions.auth.beforeLogin(TX, CALL, USER)).code).toBe('INTERNAL')
  })

  test('after… is not waited for, and its faults are in the log', async () => {
    const made = await loaded(
      "auth: { async afterLogin(ctx, user) { await ctx.db.counts.create({ of: user.id }); throw new Error('x') } }",
    )
    made.hooks.extensions.auth.after('afterLogin', CALL, USER)
    expect(made.asked).toEqual([])
    await until(() => made.logged.some(({ message }) => message.includes('auth.afterLogin in hooks/a.ts failed')))
    expect(made.asked).toEqual([['create', 'counts', { of: 'u1' }]])
  })
})

describe('overrides', () => {
  const CALL = {
    collection: 'posts',
    operation: 'update',
    id: 'p1',
    actor: ANONYMOUS,
    time: 0,
    ip: '',
    requestId: null,
  } as const

  test('get what was sent, and the rest by `next`', async () => {
    const { hooks } = await loaded(
      "operations: { async 'posts.update'(ctx, data) { return { id: ctx.id, made: await ctx.next({ ...data, at: new Date(0) }) } } }",
    )
    expect(hooks.extensions.overrides.of('posts', 'create')).toBeNull()
    const override = hooks.extensions.overrides.of('posts', 'update')
    const written: unknown[] = []
    const next = async (data?: HookValues | null) => {
      written.push(data)
      return { id: 'p1' }
    }
    expect(await override?.(CALL, { data: { n: 1 }, next })).toEqual({ id: 'p1', made: { id: 'p1' } })
    expect(written).toEqual([{ n: 1, at: '1970-01-01T00:00:00.000Z' }])
  })

  test('errors of `next` can be caught; others are faults', async () => {
    const { hooks } = await loaded(
      "operations: { async 'posts.update'(ctx) { try { await ctx.next() } catch (error) { return { code: error.code, is: error instanceof KoyaError } } }, 'posts.delete': () => { throw new Error('secret') } }",
    )
    const next = async () => {
      throw new AppError('FORBIDDEN', 'no')
    }
    expect(await hooks.extensions.overrides.of('posts', 'update')?.(CALL, { data: {}, next })).toEqual({
      code: 'FORBIDDEN',
      is: true,
    })
    const fault = await hooks.extensions.overrides
      .of('posts', 'delete')?.(CALL, { data: null, next })
      .catch((error: unknown) => error)
    expect(fault).toMatchObject({ code: 'INTERNAL' })
    expect((fault as Error).message).not.toContain('secret')
  })
})

describe('providers of accounts', () => {
  const CLUB =
    "defineAuthProvider({ name: 'club', label: 'Club', begin: async (ctx, { state }) => 'https://club.example.com/?key=' + ctx.env.KEY + '&state=' + state, callback: (ctx, { parameters }) => ({ id: parameters.ticket }) })"

  test('are taken over when hooks are loaded', async () => {
    const { providers } = await loaded(`auth: { providers: [${CLUB}] }`)
    const [club] = providers
    expect(club).toMatchObject({ name: 'club', label: 'Club', formPost: false })
    const begin = { state: 's', nonce: 'n', codeChallenge: 'c', callbackUrl: 'u' }
    expect(await club?.begin(begin)).toBe('https://club.example.com/?key=value&state=s')
    const callback = { parameters: { ticket: 't' }, codeVerifier: 'v', nonce: 'n', callbackUrl: 'u' }
    expect(await club?.callback(callback)).toEqual({ id: 't' })
  })

  test('one whose name is taken is refused, and what was there stays', async () => {
    const made = await loaded(`auth: { providers: [${CLUB}] }`)
    made.write(
      'hooks/a.ts',
      `import { defineHooks } from '@koyalite/hooks'\nexport default defineHooks({ auth: { providers: [{ name: 'google', begin() {}, callback() {} }] } })`,
    )
    expect(made.hooks.load()).rejects.toThrow('a provider cannot have this name')
    expect(made.providers.map(({ name }) => name)).toEqual(['club'])
  })
})

test.each([
  ['types: { async iban() { return true } }', "the validator 'iban' is async"],
  ['types: { iban: 1 }', "the validator 'iban' must be a function"],
  ['auth: { async beforeLogin() {} }', 'auth.beforeLogin is async'],
  ['auth: { beforeLogn() {} }', "there is no hook 'auth.beforeLogn' (did you mean 'beforeLogin'?)"],
  ["operations: { 'posts.list': () => [] }", "'posts.list' cannot be overridden"],
  [
    "operations: { 'posts.upsert': () => [] }",
    "'posts.upsert' is not an operation; known are posts.create, posts.update, posts.delete",
  ],
  ["operations: { 'post.create': () => [] }", "there is no collection 'post' (did you mean 'posts'?)"],
  ["auth: { providers: [{ name: 'a', begin() {} }] }", 'needs two functions'],
  ["auth: { providers: [{ name: 'A b', begin() {}, callback() {} }] }", 'lower-case letters'],
  [
    "auth: { providers: [{ name: 'a', begn() {}, callback() {} }] }",
    "unknown key 'begn' in provider 'a' (did you mean 'begin'?)",
  ],
  ['auth: []', "'auth' must be an object"],
])('%s is refused with its file', async (body, message) => {
  expect(await problems({ 'a.ts': body })).toMatch(/^hooks\/a\.ts:3:/)
  expect(await problems({ 'a.ts': body })).toContain(message)
})

test('what one file answers, another cannot answer too', async () => {
  const said = await problems({ 'a.ts': 'types: { iban: () => true }', 'b.ts': 'types: { iban: () => true }' })
  expect(said).toBe("hooks/b.ts defines 'iban', which hooks/a.ts defines too")
})

test('a collection whose name means something else here has its hooks under `collections`', async () => {
  const made = await loaded('collections: { posts: { beforeCreate: (ctx, data) => ({ ...data, seen: true }) } }')
  expect(made.hooks.documents.of('posts')?.has('before', 'create')).toBe(true)
  expect(made.hooks.documents.of('auth')).toBeNull()
})
