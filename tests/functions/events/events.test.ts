import { describe, expect, test } from 'bun:test'
import { expectStatus, until, useServer } from '@koyalite/testkit'

const SCHEMA = `version: 1
collections:
  posts:
    fields:
      id: { type: uuid, primary: true, default: auto }
      title: { type: string }
      secret: { type: string, internal: true, nullable: true }
    rules: { create: "true", update: "true", delete: "true", read: "true" }
  circles:
    fields:
      id: { type: int, primary: true, default: auto }
      depth: { type: int }
    rules: { create: "true" }
  counters:
    fields:
      id: { type: string, primary: true }
      count: { type: int, default: 0 }
    rules: { create: "true", update: "true", read: "true" }
  seen:
    fields:
      id: { type: int, primary: true, default: auto }
      by: { type: string }
      event: { type: json }
`

const note = (by: string) => `await ctx.admin.db.collection('seen').create({ by: '${by}', event: input })`

const FILES = {
  'functions/index-posts.ts': `import { defineFunction } from '@koyalite/functions'
export default defineFunction({
  config: { events: ['posts.*'], admin: true },
  async handler(input: any, ctx) {
    if (ctx.event?.id !== input.id || ctx.auth !== null) throw new Error('this is not the event')
    const refused = await ctx.db.collection('posts').count().catch((error) => error.code)
    ${note('index')}
    return refused
  },
})
`,
  'functions/pay.ts': `import { defineFunction } from '@koyalite/functions'
export default defineFunction({
  config: { access: 'true', publishes: ['orders.*'] },
  async handler({ type, fails }: any, ctx) {
    if (fails === undefined) return ctx.events.publish(type, { total: 3 })
    return ctx.db.transaction(async (tx) => {
      await tx.collection('posts').create({ title: 'paid' })
      await tx.events.publish(type, { total: 4 })
      if (fails) throw new Error('on purpose')
    })
  },
})
`,
  'functions/on-paid.ts': `import { defineFunction } from '@koyalite/functions'
export default defineFunction({
  config: { events: ['orders.paid'], admin: true },
  handler: async (input: any, ctx) => { ${note('paid')} },
})
`,
  'functions/fail.ts': `import { defineFunction } from '@koyalite/functions'
export default defineFunction({
  config: { access: 'true', events: ['function.failed'], admin: true, queue: { retry: { max_attempts: 2, base: '10ms', max: '10ms' } } },
  async handler(input: any, ctx) {
    if (ctx.event !== null) { ${note('fail')} }
    throw new Error('always')
  },
})
`,
  'functions/circle.ts': `import { defineFunction } from '@koyalite/functions'
export default defineFunction({
  config: { events: ['circles.created'], admin: true },
  handler: (_: any, ctx) => ctx.admin.db.collection('circles').create({ depth: ctx.chain.depth + 1 }),
})
`,
  'functions/count.ts': `import { defineFunction } from '@koyalite/functions'
export default defineFunction({
  config: { events: ['counters.*'], admin: true, ignore_own: true },
  handler: ({ doc }: any, ctx) => ctx.admin.db.collection('counters').update(doc.id, { count: doc.count + 1 }),
})
`,
}

const server = useServer({ schema: SCHEMA, files: FILES })

const seen = async (by: string): Promise<Record<string, unknown>[]> => {
  const { body } = await server.api.get(`/api/collections/seen?filter=by:eq:${by}&sort=id&limit=100`)
  return body.docs.map(({ event }: { event: Record<string, unknown> }) => event)
}
const posts = '/api/collections/posts'

describe('functions with events', () => {
  test('are called once for each, in order for each document, by nobody', async () => {
    const { body: doc, headers } = expectStatus(await server.anonymous.post(posts, { title: 'a' }), 201)
    for (const title of ['b', 'c']) expectStatus(await server.anonymous.patch(`${posts}/${doc.id}`, { title }), 200)
    expectStatus(await server.anonymous.delete(`${posts}/${doc.id}`), 204)
    const events = await until(async () => {
      const found = (await seen('index')).filter(({ key }) => key === doc.id)
      return found.length >= 4 ? found : undefined
    })
    const of = (title: string) => ({ id: doc.id, title })
    expect(events.map(({ type, doc, old }) => [type, doc, old])).toEqual([
      ['posts.created', of('a'), null],
      ['posts.updated', of('b'), of('a')],
      ['posts.updated', of('c'), of('b')],
      ['posts.deleted', null, of('c')],
    ])
    expect(events[0]).toMatchObject({
      seq: headers.get('koyalite-seq'),
      collection: 'posts',
      truncated: false,
      cause: null,
      data: null,
    })
    const jobs = await until(async () => {
      const { body } = await server.api.get('/api/admin/jobs?name=events.index-posts&limit=100')
      return body.jobs.every(({ state }: { state: string }) => state === 'done') ? body.jobs : undefined
    })
    expect(jobs.length).toBe(4)
  })

  test('publish events of the project, with their transaction or not at all', async () => {
    const pay = (input: object) => server.anonymous.post('/api/functions/pay', input)
    expectStatus(await pay({ type: 'orders.paid', fails: true }), 500)
    expectStatus(await pay({ type: 'orders.paid' }), 200)
    expectStatus(await pay({ type: 'orders.paid', fails: false }), 200)
    const events = await until(async () => {
      const found = await seen('paid')
      return found.length >= 2 ? found : undefined
    })
    expect(events.map(({ type, data, doc, seq }) => [type, data, doc, seq])).toEqual([
      ['orders.paid', { total: 3 }, null, null],
      ['orders.paid', { total: 4 }, null, null],
    ])
    expectStatus(await pay({ type: 'orders.refunded' }), 200)
    // Its manifest does not name it, whoever else might.
    expect((await pay({ type: 'invoices.sent' })).body.error.code).toBe('FUNCTION_ERROR')
    expect((await pay({ type: 'auth.login' })).body.error.code).toBe('FUNCTION_ERROR')
  })

  test('that cause what calls them come to an end', async () => {
    expectStatus(await server.anonymous.post('/api/collections/circles', { depth: 0 }), 201)
    const depths = async () => {
      const { body } = await server.api.get('/api/collections/circles?sort=depth&limit=100')
      return body.docs.map(({ depth }: { depth: number }) => depth)
    }
    const ended = await until(async () => {
      const found = await depths()
      const { body } = await server.api.get('/api/admin/jobs?name=events.circle&limit=100')
      const isOver = body.jobs.every(({ state }: { state: string }) => state === 'done')
      return isOver && body.jobs.length === found.length - 1 && found.length > 15 ? found : undefined
    })
    expect(ended).toEqual(Array.from({ length: ended.length }, (_, n) => n))
    expect(ended.length).toBeLessThanOrEqual(18)
  })

  test('are told of calls that failed, and not of those that they make of that', async () => {
    const failed = await server.anonymous.post('/api/functions/fail', {})
    expectStatus(failed, 500)
    const execution = failed.headers.get('koyalite-execution')
    const data = { function: 'fail', version: 1, execution, status: 'error', code: 'FUNCTION_ERROR' }
    const told = async () => (await seen('fail')).filter((event) => Bun.deepEquals(event.data, data))
    await until(async () => (await told()).length === 2)
    const dead = async () => (await server.api.get('/api/admin/jobs?name=events.fail&limit=100')).body.jobs
    await until(async () => (await dead()).every(({ state }: { state: string }) => state === 'dead'))
    // Each run of its job has failed, too, and was told to nobody.
    expect(await told()).toHaveLength(2)
    const events = (await seen('fail')).map((event) => event.data as { function: string; status: string })
    expect(events.filter((event) => event.function === 'fail')).toHaveLength(2)
  })

  test('that ignore their own changes are not called by them', async () => {
    const counters = '/api/collections/counters'
    expectStatus(await server.anonymous.post(counters, { id: 'x' }), 201)
    const count = async () => (await server.api.get(`${counters}/x`)).body.count
    await until(async () => (await count()) === 1)
    expectStatus(await server.anonymous.patch(`${counters}/x`, { count: 10 }), 200)
    await until(async () => (await count()) === 11)
  })
})

test('a function alone is called again for what happened since a time; others are not, and operators see how far each is', async () => {
  const before = await seen('paid')
  const circles = (await server.api.get('/api/collections/circles?limit=100')).body.docs.length
  const from = '2020-01-01T00:00:00Z'
  const { events } = expectStatus(await server.api.post('/api/admin/functions/on-paid/replay', { from }), 200).body
  expect(events).toBe(new Set(before.map(({ id }) => id)).size)
  await until(async () => (await seen('paid')).length === before.length + events)
  expect((await server.api.get('/api/collections/circles?limit=100')).body.docs).toHaveLength(circles)
  const refused = await server.api.post('/api/admin/functions/pay/replay', { from })
  expect([refused.status, refused.body.error.message]).toEqual([409, expect.stringContaining('`events`')])
  const { head, subscribers } = expectStatus(await server.api.get('/api/admin/events/subscribers'), 200).body
  expect(subscribers).toEqual([
    expect.objectContaining({ name: 'functions', kind: 'functions', endpoint: null, state: 'live', failing: null }),
  ])
  expect(subscribers[0].patterns).toContain('orders.paid')
  expect(subscribers[0].position).toBeLessThanOrEqual(head)
})
