import { beforeAll, expect, test } from 'bun:test'
import { expectError, expectStatus, until, useServer } from '@koyalite/testkit'
import { settledFunction } from '../functions/settled-function'

const FUNCTIONS = {
  publish: `config: { access: 'true', publishes: ['orders.*'] }, async handler(input: any, ctx) {
    const data = input.bytes === undefined ? input.data : 'x'.repeat(input.bytes)
    await ctx.events.publish(input.type, data) }`,
  hear: `config: { events: ['posts.*', 'orders.*'] }, async handler(event: any, ctx) {
    ctx.log.info('heard', { type: event.type }) }`,
}
const FORGED = ['auth.registered', 'auth.*', 'job.dead', 'function.failed', 'mail.*', 'posts.created', 'posts.*']
for (const [i, type] of FORGED.entries())
  Object.assign(FUNCTIONS, { [`forge${i}`]: `config: { access: 'true', publishes: ['${type}'] }, handler() {}` })
const files = Object.fromEntries(
  Object.entries(FUNCTIONS).map(([name, text]) => [
    `functions/${name}.ts`,
    `import { defineFunction } from '@koyalite/functions'\nexport default defineFunction({ ${text} })\n`,
  ]),
)

const server = useServer({
  schema: `version: 1
collections:
  posts:
    fields: { id: { type: string, primary: true }, title: { type: string, nullable: true } }
    rules: { create: "true" }
`,
  files,
})
beforeAll(async () => {
  for (const name of ['publish', 'hear']) await settledFunction(server, name)
}, 60_000)

const publish = (input: object) => server.anonymous.post('/api/functions/publish', input)
/** What was heard, once so many events were. */
async function heard(count: number): Promise<readonly unknown[]> {
  const { jobs } = expectStatus(
    await until(async () => {
      const listed = await server.api.get('/api/admin/jobs?limit=100&state=done')
      return listed.body.jobs.length >= count ? listed : undefined
    }),
    200,
  ).body
  const details = (jobs as { id: string }[]).map(({ id }) => server.api.get(`/api/admin/jobs/${id}`))
  return (await Promise.all(details)).map(({ body }) => body.payload).reverse()
}

test('events that nobody could take are no reason to deliver no others', async () => {
  const long = 'k'.repeat(300_000)
  for (const id of ['a', long, '\u0001'.repeat(1_024), 'é'.repeat(200_000), 'z'])
    expectStatus(await server.anonymous.post('/api/collections/posts', { id }), 201)
  const room = 240 * 1024 - JSON.stringify({ data: '', chain: { root: Bun.randomUUIDv7(), depth: 0 } }).length
  expectStatus(await publish({ type: 'orders.paid', bytes: room }), 200)
  expectError(await publish({ type: 'orders.paid', bytes: room + 1 }), 'PAYLOAD_TOO_LARGE')
  expect(await heard(6)).toMatchObject([
    { key: 'a', doc: { id: 'a' }, truncated: false },
    { key: null, doc: null, truncated: true },
    { key: '\u0001'.repeat(1_024), truncated: false },
    { key: null, doc: null, truncated: true },
    { key: 'z', doc: { id: 'z' }, truncated: false },
    { type: 'orders.paid', data: 'x'.repeat(room), key: null, truncated: false },
  ])
})

test('no function may publish what looks like an event of the server', async () => {
  for (const [i, type] of FORGED.entries()) {
    const { version, problems } = await settledFunction(server, `forge${i}`)
    expect({ type, version, problems: problems.length }).toEqual({ type, version: null, problems: 1 })
    expect(problems[0]).toContain('must not begin with')
  }
  const asked = [
    ...FORGED,
    'orders',
    'Orders.paid',
    'orders.paid\u0000',
    'orders.*',
    'orders..paid',
    ' orders.paid',
    '*',
  ]
  for (const type of asked)
    expect(['VALIDATION_ERROR', 'FUNCTION_ERROR']).toContain((await publish({ type })).body.error.code)
})
