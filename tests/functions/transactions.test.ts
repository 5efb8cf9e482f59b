import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import type { ErrorCode } from '@koyalite/contracts'
import { type Api, createApi, expectError, expectStatus, openEventStream, until, useServer } from '@koyalite/testkit'

setDefaultTimeout(60_000)

const SCHEMA = `version: 1
collections:
  counters:
    fields:
      id: { type: string, primary: true }
      value: { type: int, default: 0 }
      touched_at: { type: timestamp, default: now, onUpdate: now }
    rules: { create: "true", read: "true", update: "true", delete: "true" }
  posts:
    audit: true
    fields:
      id: { type: uuid, primary: true, default: auto }
      title: { type: string, maxLength: 20, unique: true }
      owner_id: { type: uuid, references: users.id, nullable: true, default: auth.id }
    rules: { create: "auth.id != null", read: "doc.owner_id == auth.id", update: "doc.owner_id == auth.id", delete: "doc.owner_id == auth.id" }
  comments:
    fields:
      id: { type: uuid, primary: true, default: auto }
      post_id: { type: uuid, references: posts.id, onDelete: cascade, index: true }
      text: { type: string }
    rules: { create: "true", read: "true", update: "true", delete: "true" }
  secrets:
    fields:
      id: { type: uuid, primary: true, default: auto }
      text: { type: string }
    rules: { create: "true" }
  numbered:
    fields:
      id: { type: int, primary: true, default: auto }
      title: { type: string, nullable: true }
    rules: { create: "true", read: "true" }
`

/** Runs in a transaction what its input names. */
const STEPS = `import { defineFunction } from '@koyalite/functions'

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

export default defineFunction({
  config: { access: 'true', timeout: '1500ms', memory: '256mb', concurrency: 1 },
  async handler(input: { mode?: 'optimistic' | 'exclusive'; steps: any[]; then?: string }, ctx) {
    const tries: unknown[] = []
    const results: any[] = []
    const run = async (target: any, [collection, method, ...args]: any[]) => target.collection(collection)[method](...args)
    const outside = async (step: any[]) => {
      try {
        return await run(ctx.db, step)
      } catch (error: any) {
        return { code: error.code }
      }
    }
    const result = await ctx.db.transaction(
      async (tx) => {
        tries.push(1)
        results.length = 0
        for (const step of input.steps) {
          if (step === 'throw') throw new Error('on purpose')
          if (step === 'exit') process.exit(3)
          if (step === 'kill') process.kill(process.pid, 'SIGKILL')
          if (step === 'hang') await new Promise(() => {})
          if (step === 'spin') for (;;);
          if (typeof step === 'number') await pause(step)
          else if (step[0] === 'outside') results.push(await outside(step.slice(1)))
          else if (step[0] === 'caught')
            results.push(await run(tx, step.slice(1)).catch((error: any) => ({ code: error.code, message: error.message })))
          else results.push(await run(tx, step))
        }
        return 'done'
      },
      { mode: input.mode },
    )
    return { result, tries: tries.length, results }
  },
})
`

const FILES = {
  'functions/steps.ts': STEPS,
  'functions/increment.ts': `import { defineFunction } from '@koyalite/functions'
export default defineFunction({
  config: { access: 'true', concurrency: 10 },
  async handler(input: { id: string; mode?: 'optimistic' | 'exclusive' }, ctx) {
    let tries = 0
    const value = await ctx.db.transaction(async (tx) => {
      tries++
      const counter = await tx.collection('counters').get(input.id) as any
      const changed = await tx.collection('counters').update(input.id, { value: counter.value + 1 }) as any
      return changed.value
    }, { mode: input.mode })
    return { value, tries }
  },
})
`,
  'functions/raw.ts': `import { defineFunction } from '@koyalite/functions'
export default defineFunction({
  config: { access: 'true' },
  async handler(input, ctx) {
    const seen: unknown[] = []
    await ctx.db.transaction(async (tx) => {
      await tx.collection('counters').get('raw')
      try { await ctx.db.collection('counters').get('raw') } catch (error: any) { seen.push(error.code) }
      try { await ctx.db.transaction(async () => {}) } catch (error: any) { seen.push(error.code) }
    })
    return seen
  },
})
`,
}

const server = useServer({
  schema: SCHEMA,
  files: FILES,
  settings: 'auth: { rate_limit: { register: 1000/minute, login: 1000/minute } }\n',
})

let people = 0
async function signUp(): Promise<Api> {
  const email = `p${people++}@example.com`
  const { body } = expectStatus(
    await server.anonymous.post('/api/auth/register', { email, password: 'correct horse battery' }),
    201,
  )
  return createApi(server.process.url, body.access_token)
}

const ENDS: readonly (readonly [string, ErrorCode])[] = [
  ['throw', 'FUNCTION_ERROR'],
  ['exit', 'FUNCTION_CRASHED'],
  ['kill', 'FUNCTION_CRASHED'],
  ['hang', 'FUNCTION_TIMEOUT'],
  ['spin', 'FUNCTION_TIMEOUT'],
]

const call = (api: Api, name: string, input: unknown = {}) => api.post(`/api/functions/${name}`, input)
const steps = (api: Api, ...all: unknown[]) => call(api, 'steps', { steps: all })
const holding = (api: Api, ...all: unknown[]) => call(api, 'steps', { mode: 'exclusive', steps: all })
const count = async (collection: string) =>
  (await server.api.get(`/api/collections/${collection}?count=true&limit=1`)).body.total
const counter = async (id: string, value = 0) =>
  expectStatus(await server.api.post('/api/collections/counters', { id, value }), 201)
const storedValue = async (id: string) => (await server.api.get(`/api/collections/counters/${id}`)).body.value

describe.each(['optimistic', 'exclusive'] as const)('%s', (mode) => {
  const run = (api: Api, ...all: unknown[]) => call(api, 'steps', { mode, steps: all })

  test('what it writes is there together, with defaults, keys, audit entries and one commit', async () => {
    const user = await signUp()
    const id = `c-${mode}`
    server.effects.take()
    const { body } = expectStatus(
      await run(
        user,
        ['counters', 'create', { id }],
        ['posts', 'create', { title: `t-${mode}` }],
        ['counters', 'update', id, { value: { $inc: 2 } }],
        ['counters', 'update', id, { value: { $inc: 3 } }],
      ),
      200,
    )
    expect(body).toMatchObject({ result: 'done', tries: 1 })
    expect(body.results.map(({ value }: { value?: number }) => value)).toEqual([0, undefined, 2, 5])
    expect(server.effects.take()).toMatchObject({
      changes: ['insert counters', 'insert posts', 'update counters', 'update counters'],
      audit: ['document.created success'],
    })
    const stored = (await user.get(`/api/collections/posts/${body.results[1].id}`)).body
    expect(stored).toEqual(body.results[1])
    expect(stored.owner_id).not.toBeNull()
    expect((await server.api.get(`/api/collections/counters/${id}`)).body).toEqual(body.results[3])
  })

  test('rules hold inside, and what refuses one write undoes all of them', async () => {
    const [one, other] = [await signUp(), await signUp()]
    const post = expectStatus(await one.post('/api/collections/posts', { title: `mine-${mode}` }), 201).body
    const before = await count('posts')
    expectError(
      await run(other, ['posts', 'create', { title: 'x1' }], ['posts', 'update', post.id, { title: 'stolen' }]),
      'NOT_FOUND',
    )
    expectError(await run(server.anonymous, ['posts', 'create', { title: 'x2' }]), 'UNAUTHENTICATED')
    expectError(
      await run(other, ['posts', 'create', { title: 'x3' }], ['posts', 'create', { title: 'x'.repeat(21) }]),
      'VALIDATION_ERROR',
    )
    expectError(
      await run(other, ['posts', 'create', { title: 'x4' }], ['posts', 'create', { title: `mine-${mode}` }]),
      'CONFLICT',
    )
    expect(await count('posts')).toBe(before)
    const { body } = expectStatus(await run(other, ['secrets', 'create', { text: 'hidden' }]), 200)
    expect(Object.keys(body.results[0])).toEqual(['id'])
  })

  test('references between its own documents hold', async () => {
    const user = await signUp()
    const post = '0190f0e0-0000-7000-8000-00000000000'.concat(mode === 'optimistic' ? '1' : '2')
    const { body } = expectStatus(
      await run(
        user,
        ['posts', 'upsert', post, { title: `ref-${mode}` }],
        ['comments', 'create', { post_id: post, text: 'a' }],
        ['comments', 'create', { post_id: post, text: 'b' }],
        ['posts', 'update', post, { title: `ref2-${mode}` }],
      ),
      200,
    )
    expect(body.results[3].title).toBe(`ref2-${mode}`)
    expect((await user.get(`/api/collections/comments?filter=post_id:eq:${post}`)).body.docs).toHaveLength(2)
    expectStatus(await run(user, ['posts', 'delete', post]), 200)
    expect((await user.get(`/api/collections/comments?filter=post_id:eq:${post}`)).body.docs).toHaveLength(0)
  })

  test('nothing of it remains when it throws, exits or does not end', async () => {
    await counter(`gone-${mode}`)
    for (const [end, code] of ENDS) {
      server.effects.take()
      const failed = run(
        server.anonymous,
        ['counters', 'create', { id: `new-${mode}` }],
        ['secrets', 'create', { text: 'x' }],
        ['counters', 'update', `gone-${mode}`, { value: 5 }],
        end,
      )
      expectStatus(await server.api.post('/api/collections/numbered', {}), 201)
      expectError(await failed, code)
      expect(server.effects.take()).toMatchObject({ changes: ['insert numbered'], mails: [], audit: [] })
      expect(await storedValue(`gone-${mode}`)).toBe(0)
    }
  })

  test('whoever follows a list gets all of it at once, and nothing of what was rolled back', async () => {
    const live = `${server.process.url}/api/collections/counters/live?filter=id:like:live-${mode}%25`
    const stream = await openEventStream(live)
    const next = async (event: string) => {
      for (;;) {
        const one = await stream.next()
        if (one === null || one.event === event) return one?.data.payload
      }
    }
    expect((await next('snapshot')).docs).toEqual([])
    const writes = (first: string) => [
      ['counters', 'create', { id: `live-${mode}-${first}1` }],
      20,
      ['counters', 'create', { id: `live-${mode}-${first}2` }],
    ]
    expectError(await run(server.anonymous, ...writes('x'), 'throw'), 'FUNCTION_ERROR')
    expectStatus(await run(server.anonymous, ...writes('a')), 200)
    const { changes } = await next('delta')
    expect(changes.inserts.map(({ doc }: { doc: { id: string } }) => doc.id).sort()).toEqual([
      `live-${mode}-a1`,
      `live-${mode}-a2`,
    ])
    await stream.close()
  })

  test('while it is open, the rest of ctx.db is refused', async () => {
    expect((await server.api.put('/api/collections/counters/raw', { value: 1 })).status).toBeLessThan(300)
    expect(expectStatus(await call(server.anonymous, 'raw'), 200).body).toEqual([
      'TRANSACTION_OPEN',
      'TRANSACTION_OPEN',
    ])
  })

  test('50 at once on one counter: all commit, and the sum is right', async () => {
    const id = `hot-${mode}`
    await counter(id)
    const all = await Promise.all(Array.from({ length: 50 }, () => call(server.anonymous, 'increment', { id, mode })))
    for (const one of all) expectStatus(one, 200)
    expect(all.map(({ body }) => body.value).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 50 }, (_, index) => index + 1),
    )
    expect(await storedValue(id)).toBe(50)
  })
})

describe('optimistic', () => {
  test('runs again where what it read has changed, whether it then writes or throws', async () => {
    await counter('seen')
    const slow = steps(server.anonymous, ['counters', 'get', 'seen'], 300, [
      'counters',
      'update',
      'seen',
      { value: { $inc: 1 } },
    ])
    await Bun.sleep(150)
    expectStatus(await server.api.patch('/api/collections/counters/seen', { value: 10 }), 200)
    const { body } = expectStatus(await slow, 200)
    expect(body.tries).toBe(2)
    expect(body.results.map(({ value }: { value: number }) => value)).toEqual([10, 11])
    const missing = steps(server.anonymous, ['counters', 'get', 'later'], ['counters', 'delete', 'later'])
    expectError(await missing, 'NOT_FOUND')
  })

  test('a collection that it has written cannot be read, nor one that looks at it', async () => {
    const user = await signUp()
    const { body } = expectStatus(
      await steps(
        user,
        ['comments', 'list', {}],
        ['posts', 'create', { title: 'w1' }],
        ['caught', 'posts', 'list', {}],
        ['caught', 'comments', 'list', { expand: ['post'] }],
        ['numbered', 'list', {}],
      ),
      200,
    )
    expect(body.results[2]).toMatchObject({ code: 'READ_AFTER_WRITE' })
    expect(body.results[2].message).toContain('posts.create')
  })

  test('a key that the database makes needs the writer', async () => {
    expectError(await steps(server.anonymous, ['numbered', 'create', { title: 'x' }]), 'INVALID_REQUEST')
    const { body } = expectStatus(await holding(server.anonymous, ['numbered', 'create', { title: 'x' }]), 200)
    expect(body.results[0].id).toBeNumber()
  })

  test('reads at most 100 times', async () => {
    await counter('often')
    const reads = Array.from({ length: 101 }, () => ['counters', 'get', 'often'])
    expectStatus(await steps(server.anonymous, ...reads.slice(1)), 200)
    expectError(await steps(server.anonymous, ...reads), 'TRANSACTION_TOO_LARGE')
  })
})

describe('exclusive', () => {
  test('reads what it has written, and nobody else does', async () => {
    const { body } = expectStatus(
      await holding(
        server.anonymous,
        ['counters', 'create', { id: 'own', value: 7 }],
        ['counters', 'get', 'own'],
        ['counters', 'list', { filter: { value: 7 } }],
      ),
      200,
    )
    expect(body.results[1].value).toBe(7)
    expect(body.results[2]).toHaveLength(1)
  })

  test('idle for 250 ms it is rolled back, and the error names what came last', async () => {
    const response = await holding(server.anonymous, ['counters', 'create', { id: 'idle' }], 400, [
      'counters',
      'get',
      'idle',
    ])
    expectError(response, 'FUNCTION_ERROR')
    const { executions } = (await server.api.get('/api/admin/functions/executions?function=steps')).body
    expect(JSON.stringify(executions[0])).toContain('counters.create')
    expect((await server.api.get('/api/collections/counters/idle')).status).toBe(404)
  })

  test('an impersonated user has them too: the beginning is recorded, before the writer is held', async () => {
    const user = await signUp()
    const { id } = (await user.get('/api/auth/me')).body
    const token = /_\/auth\/setup#token=([\w-]+)/.exec(server.process.output())?.[1]
    const owner = { email: 'owner@example.com', password: 'correct horse battery' }
    const { body } = expectStatus(await server.anonymous.post('/api/admin/setup', { token, ...owner }), 201)
    const operator = createApi(server.process.url, body.access_token)
    const acting = expectStatus(await operator.post(`/api/admin/users/${id}/impersonate`), 201).body
    const api = createApi(server.process.url, acting.access_token)
    server.effects.take()
    const { results } = expectStatus(await holding(api, ['posts', 'create', { title: 'by owner' }]), 200).body
    expect(results[0].owner_id).toBe(id)
    expect(server.effects.take().audit).toEqual([
      'impersonation.request success',
      'impersonation.request success',
      'document.created success',
    ])
  })

  test('how long functions hold the writer is measured', async () => {
    await until(async () =>
      /function_writer_held_seconds_total\{function="steps"\} (0\.\d|[1-9])/.test(
        (await server.api.get('/metrics')).text,
      ),
    )
  })
})

test('what has been answered is there after kill -9', async () => {
  for (const mode of ['optimistic', 'exclusive']) {
    const { body } = expectStatus(
      await call(server.anonymous, 'steps', {
        mode,
        steps: [
          ['counters', 'create', { id: `safe-${mode}` }],
          ['secrets', 'create', { text: 'x' }],
        ],
      }),
      200,
    )
    await server.restart('SIGKILL')
    expect((await server.api.get(`/api/collections/counters/safe-${mode}`)).status).toBe(200)
    expect((await server.api.get(`/api/collections/secrets/${body.results[1].id}`)).status).toBe(200)
  }
})
