import { expect, test } from 'bun:test'
import { useInstances } from '../testing/use-instances'

const { start } = useInstances()

test('a typed function says what it is, and answers', async () => {
  const instance = await start(`
    import { defineFunction } from '@koyalite/functions'
    export const config = { access: 'auth.id != null' }
    export default defineFunction({
      input: { title: { type: 'string', required: true } },
      output: { slug: { type: 'string' } },
      handler: (input, ctx) => ({ slug: input.title.toLowerCase(), by: ctx.user?.id, version: ctx.version }),
    })
  `)
  expect(instance.ready).toEqual({
    ...{ protocol: 1, runtime: `bun ${Bun.version}`, kind: 'typed', config: { access: 'auth.id != null' } },
    input: { title: { type: 'string', required: true } },
    output: { slug: { type: 'string' } },
  })
  const auth = {
    kind: 'user',
    id: 'u1',
    email: 'ann@example.com',
    role: 'user',
    verified: true,
    claims: {},
    metadata: {},
  }
  const answer = await instance.call({ title: 'Hello' }, { auth })
  expect(answer).toEqual({ status: 200, failure: null, body: { slug: 'hello', by: 'u1', version: 3 } })
})

test('ctx has what the server says of the call, and nothing of the environment but env', async () => {
  const instance = await start(
    `import { defineFunction } from '@koyalite/functions'
     export default defineFunction({ handler: (input, ctx) => ({
       input: input ?? 'none', auth: ctx.auth, user: ctx.user, env: ctx.env, ip: ctx.request.ip,
       agent: ctx.request.headers.get('User-Agent'), deadline: ctx.deadline, request_id: ctx.request_id,
       version: ctx.version, chain: ctx.chain, token: process.env.KOYALITE_INSTANCE ?? null,
       bytes: new Uint8Array([1, 2, 255]), date: new Date(0),
     }) })`,
    { env: { STRIPE_KEY: 'sk_1', TZ: 'Europe/Berlin' } },
  )
  const deadline = Date.now() + 5000
  const answer = await instance.call(undefined, { execution: 'e1', headers: { 'user-agent': 'curl' }, deadline })
  expect(answer.body).toEqual({
    ...{
      input: 'none',
      auth: null,
      user: null,
      ip: '203.0.113.7',
      agent: 'curl',
      request_id: 'request-e1',
      version: 3,
    },
    env: { STRIPE_KEY: 'sk_1', TZ: 'Europe/Berlin' },
    deadline: new Date(deadline).toISOString(),
    chain: { root: 'root', depth: 1 },
    ...{ token: null, bytes: 'AQL/', date: '1970-01-01T00:00:00.000Z' },
  })
})

test('nothing returned is 204, and what JSON does not have is an error', async () => {
  const instance = await start(`
    import { defineFunction } from '@koyalite/functions'
    const values = { nothing: undefined, null: null, bigint: 1n, function: () => 1, response: new Response('x') }
    export default defineFunction({ handler: (input) => values[input] })
  `)
  expect(await instance.call('nothing')).toEqual({ status: 204, failure: null, body: undefined })
  expect(await instance.call('null')).toEqual({ status: 200, failure: null, body: null })
  for (const value of ['bigint', 'function', 'response']) {
    expect(await instance.call(value)).toMatchObject({ failure: 'thrown', body: { name: 'TypeError' } })
  }
})

test('what is thrown: errors of its own, of ctx, and all others', async () => {
  const instance = await start(`
    import { defineFunction, isKoyaError, KoyaError } from '@koyalite/functions'
    const kinds = {
      own: () => { throw new KoyaError('SOLD_OUT', 'no seats', { status: 409, details: { seats: 0 } }) },
      status: () => { throw new KoyaError('NOT_FOUND', 'no such seat') },
      reserved: () => { throw new KoyaError('FUNCTION_TIMEOUT', 'x') },
      plain: () => { throw new TypeError('broken', { cause: new Error('deeper') }) },
      text: () => { throw 'just text' },
      forged: () => { throw Object.assign(new Error('x'), { name: 'KoyaError', code: 'OTHER_SERVER', status: 418 }) },
      db: (ctx) => ctx.db.posts.create({ title: '' }),
      local: (ctx) => ctx.db.posts.filter({ title: undefined }).get(),
      admin: (ctx) => ctx.admin.db.posts.get('x'),
      functions: (ctx) => ctx.functions.call('nope'),
      nested: (ctx) => ctx.db.transaction(() => ctx.db.transaction(() => 1)),
      caught: (ctx) => ctx.db.posts.get('x').catch((error) => [error instanceof KoyaError, isKoyaError(error), error.code]),
    }
    export default defineFunction({ handler: (input, ctx) => kinds[input](ctx) })
  `)
  const failures: Record<string, object> = {
    own: { failure: 'error', body: { code: 'SOLD_OUT', message: 'no seats', status: 409, details: { seats: 0 } } },
    status: { failure: 'error', body: { code: 'NOT_FOUND', message: 'no such seat', status: 404, details: [] } },
    reserved: { failure: 'thrown', body: { name: 'TypeError', message: expect.stringContaining('FUNCTION_TIMEOUT') } },
    plain: {
      failure: 'thrown',
      body: { name: 'TypeError', message: 'broken', stack: expect.stringMatching(/caused by: Error: deeper/) },
    },
    text: { failure: 'thrown', body: { name: 'Error', message: 'just text' } },
    forged: { failure: 'thrown', body: { message: 'OTHER_SERVER: x' } },
    db: {
      failure: 'passed',
      body: { from: 'db', code: 'VALIDATION_ERROR', status: 422, details: [{ field: 'title' }] },
    },
    local: { failure: 'thrown', body: { message: expect.stringContaining('INVALID_FILTER') } },
    admin: { failure: 'passed', body: { from: 'admin', code: 'FORBIDDEN', status: 403 } },
    functions: { failure: 'passed', body: { from: 'functions', code: 'FUNCTION_NOT_FOUND', status: 404 } },
    nested: { failure: 'passed', body: { from: 'db', code: 'TRANSACTION_OPEN', status: 409 } },
    caught: { failure: null, body: [true, true, 'NOT_FOUND'] },
  }
  for (const [kind, expected] of Object.entries(failures)) expect(await instance.call(kind)).toMatchObject(expected)
})

test('the signal: when the caller goes, and when the time is over', async () => {
  const instance = await start(`
    import { defineFunction } from '@koyalite/functions'
    const seen = []
    export default defineFunction({ async handler(input, ctx) {
      if (input === 'seen') return seen
      console.log('began')
      await new Promise((resolve) => ctx.signal.addEventListener('abort', resolve))
      seen.push(ctx.signal.reason.name)
      await ctx.db.posts.list().catch((error) => seen.push(error.code))
      return seen
    } })
  `)
  expect((await instance.call('deadline', { deadline: Date.now() + 20 })).body).toEqual(['TimeoutError', 'ABORTED'])
  const gone = new AbortController()
  const left = instance.call('gone', { execution: 'gone', signal: gone.signal }).catch((error) => error.name)
  while (instance.logs('gone').length === 0) await Bun.sleep(5)
  gone.abort()
  expect(await left).toBe('AbortError')
  let seen: unknown
  do seen = (await instance.call('seen')).body
  while ((seen as readonly string[]).length < 4)
  expect(seen).toEqual(['TimeoutError', 'ABORTED', 'AbortError', 'ABORTED'])

  const cancelled = instance.call('cancelled', { execution: 'cancelled' })
  while (instance.logs('cancelled').length === 0) await Bun.sleep(5)
  for (const execution of ['unknown', 'cancelled']) expect(await instance.cancel(execution)).toBe(204)
  expect((await cancelled).body.slice(4)).toEqual(['AbortError', 'ABORTED'])
})

test('process.exit ends the process, and what it printed is not lost', async () => {
  const instance = await start(`
    import { defineFunction } from '@koyalite/functions'
    export default defineFunction({ handler() { console.log('last words'); process.exit(7) } })
  `)
  await expect(instance.call()).rejects.toThrow()
  expect(await instance.child.exited).toBe(7)
  expect(await instance.output.stdout).toBe('last words\n')
})

test('calls another function', async () => {
  const instance = await start(
    `import { defineFunction } from '@koyalite/functions'
     export default defineFunction({ async handler(input, ctx) {
       return [await ctx.functions.call('double', { n: 4 }), await ctx.functions.call('nothing') ?? 'nothing']
     } })`,
    {
      functions: {
        double: (input) => ({ status: 200, body: (input as { n: number }).n * 2 }),
        nothing: () => ({ status: 204 }),
      },
    },
  )
  expect((await instance.call()).body).toEqual([8, 'nothing'])
})
