import { beforeAll, describe, expect, test } from 'bun:test'
import { expectStatus, useServer } from '@koyalite/testkit'

const SCHEMA = `version: 1
collections:
  posts:
    fields: { id: { type: int, primary: true, default: auto }, title: { type: string }, secret: { type: string, internal: true, nullable: true } }
    rules: { read: "true", create: "true" }
`
const ENDLESS = '(WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r) SELECT count(*) FROM r)'
const PLAN = '/api/admin/schema/plan'
const APPLY = '/api/admin/schema/apply'

describe('schema changes as operators may send them', () => {
  const server = useServer({ schema: SCHEMA, command: 'dev', settings: 'migrations: { timeout: 2s }\n' })
  beforeAll(async () => {
    expectStatus(await server.api.post('/api/collections/posts', { title: 'one' }), 201)
  })
  const added = (fill: string) => ({
    edits: [{ type: 'add_field', collection: 'posts', field: 'views', value: { type: 'int' } }],
    fills: { 'posts.views': fill },
  })
  const hash = async (): Promise<string> => expectStatus(await server.api.post(PLAN, {}), 200).body.hash

  test('a fill that never ends is ended: reads go on meanwhile, and nothing has changed', async () => {
    const planned = expectStatus(await server.api.post(PLAN, added(ENDLESS)), 200).body
    expect(planned.problems).toEqual([])
    const applying = server.api.post(APPLY, { base: planned.hash, ...added(ENDLESS) })
    for (let index = 0; index < 20; index++) {
      expectStatus(await server.anonymous.get('/api/collections/posts'), 200)
      await Bun.sleep(50)
    }
    const refused = expectStatus(await applying, 409).body.error
    expect(refused.message).toContain('stopped after 2 s, the limit of migrations.timeout')
    expect(await hash()).toBe(planned.hash)
    expectStatus(await server.api.post('/api/collections/posts', { title: 'two' }), 201)
    expect(expectStatus(await server.api.get('/api/admin/migrations'), 200).body).toMatchObject({
      ...{ up_to_date: true, migrations: [] },
    })
  })

  test('a fill reads nothing of the system', async () => {
    for (const fill of [
      '(SELECT count(*) FROM _koyalite_operators)',
      '(SELECT count(*) FROM main."_koyalite_sessions")',
      '(SELECT count(*) FROM (SELECT * FROM [_KOYALITE_meta]))',
    ]) {
      const { body } = await server.api.post(PLAN, added(fill))
      expect([fill, JSON.stringify(body.problems ?? body.error)]).toEqual([fill, expect.stringContaining('system')])
    }
  })

  test('planning long changes holds nobody up, and neither does reading a long text', async () => {
    const many = Array.from({ length: 2000 }, (_, n) => `  c${n}: { fields: { id: { type: int, primary: true } } }\n`)
    const source = SCHEMA + many.join('')
    const field = (n: number) => ({ type: 'add_field', collection: 'posts', field: `f${n}`, value: { type: 'int' } })
    const bodies: readonly (readonly [string, object])[] = [
      [PLAN, { source }],
      [PLAN, { source, edits: [field(1)] }],
      [PLAN, { source: source.replaceAll('type: int', 'type: imt') }],
      [PLAN, { edits: Array.from({ length: 100 }, (_, n) => field(n)) }],
      ['/api/admin/schema', { source, dry_run: true }],
    ]
    for (const [path, body] of bodies) {
      let isOver = false
      const planning = server.api.post(path, body).finally(() => {
        isOver = true
      })
      let responses = 0
      // No more than it takes: whoever asks without a pause takes a processor.
      while (!isOver && responses <= 20) {
        expectStatus(await server.anonymous.get('/api/collections/posts?limit=1'), 200)
        responses++
      }
      expectStatus(await planning, 200)
      // One that holds up the event loop lets nobody through but those who came before it.
      expect(responses).toBeGreaterThan(20)
    }
    expect(expectStatus(await server.api.post(PLAN, bodies[1]?.[1] ?? {}), 200).body.steps).toHaveLength(2001)
  })

  test('few plans wait for another, and the rest is refused', async () => {
    const many = Array.from({ length: 3000 }, (_, n) => `  c${n}: { fields: { id: { type: int, primary: true } } }\n`)
    const body = { source: SCHEMA + many.join('') }
    const all = await Promise.all(Array.from({ length: 8 }, () => server.api.post(PLAN, body)))
    expect(all.map(({ status }) => status).toSorted()).toEqual([200, 200, 200, 200, 503, 503, 503, 503])
  })
})
