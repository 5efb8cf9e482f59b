import { afterEach, expect, test } from 'bun:test'
import { AppError, type HookCall, type HookValues } from '@koyalite/contracts'
import { until } from '@koyalite/testkit'
import { CALL, documentsOf, type HooksBench, hooksBench, laterDocumentsOf, TX } from './testing/hooks-bench'

const open: HooksBench[] = []
afterEach(() => {
  for (const bench of open.splice(0)) bench.remove()
})

async function loaded(body: string, options?: { isDev?: boolean }): Promise<HooksBench> {
  const bench = hooksBench({ 'hooks/posts.ts': source(body) }, options)
  open.push(bench)
  await bench.hooks.load()
  return bench
}

function source(body: string): string {
  return `import { defineHooks, KoyaError } from '@koyalite/hooks'\nlet loads = 0\nexport default defineHooks({ posts: { ${body} } })\n`
}

function before(
  { hooks, asked }: HooksBench,
  data: HookValues | null,
  more: Partial<HookCall> & { old?: HookValues } = {},
) {
  const { old = null, ...call } = more
  const documents = documentsOf(asked)
  return hooks.documents.of('posts')?.before(TX, { ...CALL, ...call }, { data, old, documents })
}

function thrownBy(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  throw new Error('it threw nothing')
}

function refusal(run: () => unknown): AppError {
  const error = thrownBy(run)
  if (!(error instanceof AppError)) throw error
  return error
}

test('before… returns values, or changes those that it is given', async () => {
  const returns = await loaded(
    'beforeCreate(ctx, data) { return { ...data, slug: data.title.toLowerCase(), at: new Date(0) } }',
  )
  expect(before(returns, { title: 'A' })).toEqual({ title: 'A', slug: 'a', at: '1970-01-01T00:00:00.000Z' })
  const changes = await loaded("beforeCreate(ctx, data) { data.slug = 'x'; delete data.title }")
  const sent = { title: 'A' }
  expect(before(changes, sent)).toEqual({ slug: 'x' })
  expect(sent).toEqual({ title: 'A' })
})

test('hooks of several files run in the order of their names', async () => {
  const bench = hooksBench({
    'hooks/b.ts': source("beforeCreate: (_, data) => ({ ...data, order: data.order + 'b' })"),
    'hooks/a.ts': source("beforeCreate: (_, data) => ({ ...data, order: data.order + 'a' })"),
    'hooks/_shared.ts': 'throw new Error("it is only for others to import")',
    'hooks/a.test.ts': 'throw new Error("it is a test")',
  })
  open.push(bench)
  await bench.hooks.load()
  expect(before(bench, { order: '' })).toEqual({ order: 'ab' })
})

test('a context has who writes, documents, jobs, events, mails and the environment', async () => {
  const bench = await loaded(`beforeUpdate(ctx, data, old) {
    const { id } = ctx.db.counts.create({ n: 1 })
    ctx.db.collection('posts').list({ filter: { n: { $gt: 1 } }, limit: 2 })
    const job = ctx.queue.push('digest', { a: 1 }, { key: 'k' })
    const mail = ctx.mail.send({ to: 'a@example.com', subject: 's', text: 't' })
    ctx.events.publish('orders.paid', { id })
    return { ...data, job: job.id, mail, who: ctx.auth.id, op: ctx.operation, key: ctx.env.KEY, was: old.n, root: ctx.chain.root }
  }`)
  const made = before(bench, { n: 2 }, { operation: 'update', old: { n: 1 } })
  expect(made).toEqual({ n: 2, job: 'j1', mail: 'm1', who: 'u1', op: 'update', key: 'value', was: 1, root: 'r1' })
  expect(bench.asked).toEqual([
    ['create', 'counts', { n: 1 }],
    ['list', 'posts', { filter: { n: { $gt: 1 } }, limit: 2 }],
    ['push', 'user', { jobs: [{ key: 'k', name: 'digest', payload: { a: 1 } }] }],
    ['send', 'user', { to: 'a@example.com', subject: 's', text: 't' }],
    ['publish', 'user', { type: 'orders.paid', data: { id: 'c1' } }],
  ])
})

test('a KoyaError is what the caller gets; anything else is a fault that only the log names', async () => {
  const own = await loaded(
    "beforeCreate() { throw new KoyaError('SOLD_OUT', 'none are left', { status: 409, details: { left: 0 } }) }",
  )
  const refused = refusal(() => before(own, {}))
  expect([refused.status, refused.message, refused.own]).toEqual([
    409,
    'none are left',
    { code: 'SOLD_OUT', status: 409, details: { left: 0 } },
  ])
  expect(own.hooks.list()[0]?.stats.failures).toBe(0)

  const fault = await loaded("beforeCreate() { throw new Error('the secret') }")
  const internal = refusal(() => before(fault, {}))
  expect(internal.code).toBe('INTERNAL')
  expect(internal.message).not.toContain('secret')
  expect(String((internal.cause as Error).message)).toBe('posts.beforeCreate in hooks/posts.ts threw Error: the secret')
  expect(fault.hooks.list()[0]?.stats.lastError?.message).toContain('the secret')

  const dev = await loaded("beforeCreate() { throw new Error('the reason') }", { isDev: true })
  expect(refusal(() => before(dev, {})).message).toContain('the reason')
})

test.each([
  ['null', 'null'],
  ['undefined', 'undefined'],
  ['a proxy that throws', 'new Proxy({}, { get() { throw 1 }, has() { throw 2 }, getPrototypeOf() { throw 3 } })'],
  [
    'an error with a getter that throws',
    "Object.defineProperty(new KoyaError('A', 'b'), 'code', { get() { throw new Error('x') } })",
  ],
  ['a KoyaError of the server', "Object.assign(new KoyaError('A', 'b'), { status: 500 })"],
  ['an object without a text', 'Object.create(null)'],
])('throwing %s is a fault like any other', async (_, thrown) => {
  const bench = await loaded(`beforeCreate() { throw ${thrown} }`)
  expect(refusal(() => before(bench, {})).code).toBe('INTERNAL')
})

test.each([
  ['a promise', 'Promise.resolve({})', 'returned a promise'],
  ['a thenable', '({ then() {} })', 'returned a promise'],
  ['a text', "'x'", 'returned a string'],
  ['a list', '[1]', 'returned a object'],
  ['what cannot be JSON', '({ n: 1n })', 'cannot be JSON'],
  ['a circle', '(() => { const a = {}; a.a = a; return a })()', 'cannot be JSON'],
])('returning %s undoes the write', async (_, value, said) => {
  const bench = await loaded(`beforeCreate() { return ${value} }`)
  const { code, cause } = refusal(() => before(bench, {}))
  expect([code, (cause as Error).message.includes(said)]).toEqual(['INTERNAL', true])
})

test('returned values pollute no prototype', async () => {
  const bench = await loaded('beforeCreate() { return JSON.parse(\'{"__proto__": {"polluted": true}}\') }')
  const made = before(bench, {})
  expect(Object.keys(made as object)).toEqual(['__proto__'])
  expect(({} as Record<string, unknown>).polluted).toBeUndefined()
})

test('errors of ctx are KoyaErrors that a hook may catch; uncaught they are a fault of the hook', async () => {
  const caught = await loaded(
    'beforeCreate(ctx) { try { ctx.db.counts.create({ refused: 1 }) } catch (error) { return { code: error.code, is: error instanceof KoyaError } } }',
  )
  expect(before(caught, {})).toEqual({ code: 'CONFLICT', is: true })
  const uncaught = await loaded('beforeCreate(ctx) { ctx.db.counts.create({ refused: 1 }) }')
  expect(refusal(() => before(uncaught, {})).code).toBe('INTERNAL')
  const unknown = await loaded('beforeCreate(ctx) { ctx.db.cuonts.create({}) }', { isDev: true })
  expect(refusal(() => before(unknown, {})).message).toContain(
    "there is no collection 'cuonts' (did you mean 'counts'?)",
  )
})

test('what is kept of a context is worth nothing once the hook has returned', async () => {
  const bench = await loaded(
    'beforeCreate(ctx, data) { if (globalThis.keptCtx) return { late: (() => { try { globalThis.keptCtx.db.counts.get(1) } catch (error) { return error.message } })() }; globalThis.keptCtx = ctx }',
  )
  before(bench, {})
  expect(before(bench, {})).toEqual({
    late: 'posts.beforeCreate in hooks/posts.ts has returned: its write is over, and ctx with it',
  })
  ;(globalThis as { keptCtx?: unknown }).keptCtx = undefined
})

test('hooks that write inside of one another end at the eighth', async () => {
  const bench = await loaded('beforeCreate() {}', { isDev: true })
  expect(before(bench, {}, { depth: 7 })).toEqual({})
  expect(refusal(() => before(bench, {}, { depth: 8 })).message).toContain('8 deep')
})

test('prepare… may wait, and has two seconds', async () => {
  const bench = await loaded(
    "async prepareCreate(ctx, data) { await ctx.db.counts.create({ n: 1 }); await ctx.queue.push('a'); return { ...data, ready: true } }",
  )
  const documents = laterDocumentsOf(bench.asked)
  const hooks = bench.hooks.documents.of('posts')
  expect(await hooks?.prepare(CALL, { data: { n: 1 }, documents })).toEqual({ n: 1, ready: true })
  expect(bench.asked).toHaveLength(2)
  const slow = await loaded('prepareCreate(ctx) { return new Promise(() => {}) }')
  const late = slow.hooks.documents.of('posts')?.prepare(CALL, { data: {}, documents })
  expect(await late?.catch((error: AppError) => error.code)).toBe('UNAVAILABLE')
})

test('after… is not waited for, and what it throws is in the log', async () => {
  const bench = await loaded(
    "async afterCreate(ctx, doc) { await ctx.db.counts.create({ of: doc.id }); throw new Error('it failed') }",
  )
  const documents = laterDocumentsOf(bench.asked)
  bench.hooks.documents.of('posts')?.after(CALL, { doc: { id: 'p1' }, old: null, documents })
  expect(bench.asked).toEqual([])
  await until(() => bench.logged.some(({ message }) => message.includes('it failed')))
  expect(bench.asked).toEqual([['create', 'counts', { of: 'p1' }]])
})

test('one that holds up the server is named, once a minute', async () => {
  const bench = await loaded('beforeCreate() { const end = performance.now() + 60; while (performance.now() < end); }')
  before(bench, {})
  before(bench, {})
  expect(
    bench.logged.filter(({ message }) => message.includes('posts.beforeCreate in hooks/posts.ts held up the server')),
  ).toHaveLength(1)
  expect(bench.hooks.list()[0]?.stats.slow).toBe(2)
})

test.each([
  [
    'an async before…',
    source('async beforeCreate() {}'),
    'hooks/posts.ts:3:45 posts.beforeCreate is async: it runs inside of the write, which cannot wait. What has to wait goes into prepareCreate, before it',
  ],
  [
    'a hook that there is none of',
    source('beforeCraete() {}'),
    "hooks/posts.ts:3:39 there is no hook 'beforeCraete' (did you mean 'beforeCreate'?)",
  ],
  [
    'a collection that there is none of',
    "import { defineHooks } from '@koyalite/hooks'\nexport default defineHooks({ post: {} })",
    "hooks/posts.ts:2:30 there is no collection 'post' (did you mean 'posts'?)",
  ],
  ['no hooks', 'export const a = 1', 'hooks/posts.ts exports no hooks: write export default defineHooks({ … })'],
  ['code that fails', 'throw new Error("no")', 'hooks/posts.ts cannot be loaded: Error: no'],
])('%s is refused with file and line', async (_, text, message) => {
  const bench = hooksBench({ 'hooks/posts.ts': text })
  open.push(bench)
  const problem = await bench.hooks.load().then(
    () => null,
    (error: Error) => error.message,
  )
  expect(problem).toContain(message)
})

test('loading again serves what is there now; what cannot be loaded leaves what was', async () => {
  const bench = await loaded('beforeCreate: () => ({ n: ++loads })')
  expect([before(bench, {}), before(bench, {})]).toEqual([{ n: 1 }, { n: 2 }])
  bench.write('hooks/posts.ts', source('async beforeCreate() {}'))
  expect(bench.hooks.load()).rejects.toThrow('is async')
  expect(before(bench, {})).toEqual({ n: 3 })
  bench.write('hooks/posts.ts', source('beforeCreate: () => ({ n: ++loads })'))
  await bench.hooks.load()
  expect(before(bench, {})).toEqual({ n: 1 })
})
