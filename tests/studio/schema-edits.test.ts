import { beforeAll, describe, expect, test } from 'bun:test'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createApi, expectError, expectStatus, until, useServer } from '@koyalite/testkit'
import { createOperators, OPERATOR_PASSWORD, type TestOperator } from '../fixtures/operators'

const SCHEMA = `# A shop.
version: 1
types:
  status: { enum: [open, paid, gone] }   # in this order
collections:
  customers:
    fields:
      id:    { type: int, primary: true, default: auto }
      name:  { type: string }   # as on the letter
    rules: { read: "doc.name != 'x'" }
  orders:
    fields:
      id:          { type: int, primary: true, default: auto }
      customer_id: { type: int, references: customers.id, nullable: true }
      status:      { type: status, default: open }
      note:        { type: string, nullable: true }
    indexes:
      - { name: by_status, fields: [status] }
    rules: { read: "doc.status == 'paid' && doc.customer.name != ''" }
`
const PLAN = '/api/admin/schema/plan'
const APPLY = '/api/admin/schema/apply'

describe('edits of schema.yaml', () => {
  const server = useServer({ schema: SCHEMA, command: 'dev' })
  const file = () => readFileSync(server.project.path('schema.yaml'), 'utf8')
  const migrations = () => {
    const folder = server.project.path('migrations')
    return existsSync(folder) ? readdirSync(folder) : []
  }
  const plan = async (body: object) => expectStatus(await server.api.post(PLAN, body), 200).body
  const apply = async (body: object) => {
    const { hash } = await plan({})
    return server.api.post(APPLY, { base: hash, ...body })
  }
  beforeAll(async () => {
    expectStatus(await server.api.post('/api/collections/customers', { name: 'Ann' }), 201)
    for (const status of ['open', 'gone', 'gone'])
      expectStatus(await server.api.post('/api/collections/orders', { customer_id: 1, status }), 201)
  })

  test('a plan says what would happen, and changes nothing', async () => {
    const before = file()
    const planned = await plan({
      edits: [{ type: 'add_field', collection: 'customers', field: 'city', value: { type: 'string', nullable: true } }],
    })
    expect(planned).toMatchObject({
      before,
      steps: [{ change: '+ customers.city', risk: 'none', collection: 'customers', field: 'city', documents: 1 }],
      ...{ migration: null, confirm: null, problems: [], questions: [], losses: [], refusal: null },
    })
    expect(planned.source).toContain('      city:  { type: string, nullable: true }\n')
    expect([file(), migrations()]).toEqual([before, []])
  })

  test('a plan of nothing leaves every byte', async () => {
    expect(await plan({})).toMatchObject({ before: file(), source: file(), steps: [], migration: null })
  })

  test('a renamed field keeps its data; rules and indexes follow, comments stay', async () => {
    const edits = [{ type: 'rename_field', collection: 'customers', from: 'name', to: 'full_name' }]
    const planned = await plan({ edits })
    expect(planned.steps[0]).toMatchObject({ change: '~ customers.name → customers.full_name', risk: 'renames' })
    expect(planned).toMatchObject({ losses: [], confirm: null, problems: [] })
    expect(planned.rewritten.sort()).toEqual(['collections.customers.rules.read', 'collections.orders.rules.read'])
    expectStatus(await apply({ edits }), 200)
    expect(file()).toContain('full_name: { type: string }   # as on the letter')
    expect(file()).toContain(`"doc.status == 'paid' && doc.customer.full_name != ''"`)
    expect(migrations()).toEqual(['001_rename_name_to_full_name.yaml'])
    expect(expectStatus(await server.api.get('/api/collections/customers/1'), 200).body).toMatchObject({
      full_name: 'Ann',
    })
    expect((await server.api.get('/api/admin/migrations')).body).toMatchObject({ up_to_date: true })
    const { body } = await server.api.get('/api/admin/audit?limit=5')
    expect(JSON.stringify(body)).toContain('schema.migrated')
  })

  test('a value of an enum goes with a replacement, which its documents get', async () => {
    const edits = [{ type: 'remove_value', enum: 'status', value: 'gone', replacement: 'paid' }]
    const planned = await plan({ edits })
    expect(planned.steps[0]).toMatchObject({
      ...{ collection: 'orders', field: 'status', risk: 'changes_data', documents: 3, concerned: 2 },
    })
    expect(planned.confirm).toBe('status')
    expectError(await apply({ edits }), 'CONFLICT')
    expectError(await apply({ edits, confirm: 'orders' }), 'CONFLICT')
    expect(file()).toContain('gone')
    expectStatus(await apply({ edits, confirm: planned.confirm }), 200)
    const { body } = await server.api.list('orders', { sort: 'id' })
    expect(body.docs.map(({ status }: { status: string }) => status)).toEqual(['open', 'paid', 'paid'])
    expect(file()).toContain('status: { enum: [open, paid] }   # in this order')
  })

  test('a value that a field lists itself gets another name, in documents and rules too', async () => {
    const at = { collection: 'customers', field: 'level' }
    const added = { type: 'add_field', ...at, value: { type: 'int', enum: [1, 2], default: 1 } }
    const kind = { type: 'add_field', ...at, field: 'kind', value: { type: 'string', enum: ['a', 'b'], default: 'a' } }
    const rule = { type: 'set_rule', collection: 'customers', operation: 'update', rule: "doc.kind == 'a'" }
    expectStatus(await apply({ edits: [added, kind, rule] }), 200)
    const edits = [
      { type: 'rename_field_value', ...at, from: 1, to: 3 },
      { type: 'rename_field_value', ...at, field: 'kind', from: 'a', to: 'first' },
      { type: 'remove_field_value', ...at, value: 2, replacement: 3 },
    ]
    const planned = await plan({ edits })
    expect(planned.rewritten).toContain('collections.customers.rules.update')
    expectStatus(await apply({ edits, confirm: planned.confirm }), 200)
    expect(file()).toContain('{ type: int, enum: [3], default: 3 }')
    expect(file()).toContain(`update: "doc.kind == 'first'"`)
    const { body } = await server.api.list('customers')
    expect(body.docs).toMatchObject([{ level: 3, kind: 'first' }])
  })

  test('rule tests follow a rename and are named, as seeds are, which stay', async () => {
    const tests = (value: string) => `# Who may.
actors: { ann: }
documents: { customers: { c: { full_name: Ann, kind: ${value} } } }   # one
cases:
  - { actor: ann, operation: read, collection: customers, id: c, expect: allowed }
`
    const seed = 'customers:\n  - { id: 7, kind: first }\n'
    server.project.write('rules/customers.test.yaml', tests('first'))
    server.project.write('seeds/dev/sample.yaml', seed)
    const edits = [
      { type: 'rename_field_value', collection: 'customers', field: 'kind', from: 'first', to: 'best' },
      { type: 'rename_field', collection: 'customers', from: 'kind', to: 'rank' },
    ]
    const planned = await plan({ edits })
    expect(planned.files).toEqual([
      { file: 'rules/customers.test.yaml', lines: [3], rewritten: true },
      { file: 'seeds/dev/sample.yaml', lines: [2], rewritten: false },
    ])
    const read = (path: string) => readFileSync(server.project.path(path), 'utf8')
    expect(read('rules/customers.test.yaml')).toBe(tests('first'))
    // Refused as a whole: the tests stay as well.
    const refused = [...edits, { type: 'drop_field', collection: 'customers', field: 'level' }]
    expectError(await apply({ edits: refused, confirm: 'nothing' }), 'CONFLICT')
    expect(read('rules/customers.test.yaml')).toBe(tests('first'))
    expectStatus(await apply({ edits, confirm: planned.confirm }), 200)
    expect(read('rules/customers.test.yaml')).toBe(tests('best').replace('kind:', 'rank:'))
    expect(read('seeds/dev/sample.yaml')).toBe(seed)
    const { body } = await server.api.post('/api/admin/rules/test', {})
    expect(body).toMatchObject({ passed: 1, failed: 0 })
    expect(await plan({ edits: [] })).toMatchObject({ files: [] })
  })

  test('what documents do not fit is refused with their number, and nothing is written', async () => {
    const edits = [{ type: 'set_field', collection: 'orders', field: 'note', options: { nullable: null } }]
    const planned = await plan({ edits })
    expect(planned.steps[0]).toMatchObject({ field: 'note', documents: 3, concerned: 3 })
    const before = [file(), migrations()]
    expectStatus(await apply({ edits, confirm: planned.confirm, fills: { 'orders.note': 'NULL' } }), 409)
    expect([file(), migrations()]).toEqual(before)
  })

  test('an edit in an editor at the same time is never overwritten', async () => {
    const { hash } = await plan({})
    server.project.write('schema.yaml', `${file()}# by hand\n`)
    const edits = [{ type: 'add_field', collection: 'orders', field: 'x', value: { type: 'int', nullable: true } }]
    expectError(await server.api.post(APPLY, { base: hash, edits }), 'PRECONDITION_FAILED')
    expect(file()).toEndWith('# by hand\n')
    expect(file()).not.toContain('x: ')
    expectStatus(await apply({ edits }), 200)
    expect(file()).toEndWith('# by hand\n')
  })

  test('a vanished and a new field of a text ask whether it was a rename', async () => {
    const source = file().replace('note:  ', 'remark:')
    const asked = await plan({ source })
    expect(asked.questions).toEqual(['orders.note may have been renamed to orders.remark'])
    expectError(await apply({ source }), 'CONFLICT')
    const [question] = asked.questions
    expect(await plan({ source, answers: { [question]: 'drop' } })).toMatchObject({ confirm: 'note', questions: [] })
    expect(await plan({ source, answers: { [question]: 'rename' } })).toMatchObject({ confirm: null, losses: [] })
    expectStatus(await apply({ source, answers: { [question]: 'rename' } }), 200)
  })

  test('what an edit drops is not asked about, whatever is new beside it', async () => {
    const edits = [
      { type: 'drop_field', collection: 'orders', field: 'remark' },
      { type: 'add_field', collection: 'orders', field: 'memo', value: { type: 'string', nullable: true } },
    ]
    expect(await plan({ edits })).toMatchObject({ questions: [], confirm: 'remark', problems: [] })
  })

  test('a broken file is shown with its mistakes, and can be repaired', async () => {
    const good = file()
    const { version } = expectStatus(await server.api.get('/api/admin/schema/version'), 200).body
    server.project.write('schema.yaml', good.replace('type: status', 'type: statsu'))
    const line = good.split('\n').findIndex((text) => text.includes('type: status')) + 1
    // Whoever waits is answered as soon as the file is another.
    const next = expectStatus(await server.api.get(`/api/admin/schema/version?after=${version}`), 200).body
    expect(next.version).not.toBe(version)
    expect((await server.api.get('/api/admin/schema')).body).toMatchObject({
      up_to_date: false,
      diagnostics: [{ line, severity: 'error', message: "unknown type 'statsu' (did you mean 'status'?)" }],
    })
    expect(await plan({ edits: [] })).toMatchObject({ problems: ['schema.yaml would have errors.'] })
    expectError(await apply({ edits: [] }), 'CONFLICT')
    expectStatus(await apply({ source: good }), 200)
    expect(file()).toBe(good)
    await until(async () => (await server.api.get('/api/admin/schema')).body.up_to_date === true)
  })

  test('edits that do not fit are refused by name', async () => {
    const wrong = [{ type: 'drop_field', collection: 'orders', field: 'nothing' }]
    expectError(await server.api.post(PLAN, { edits: wrong }), 'VALIDATION_ERROR')
    expectError(await server.api.post(PLAN, { edits: [{ type: 'explode' }] }), 'VALIDATION_ERROR')
  })
})

describe('in production', () => {
  const settings = 'auth: { rate_limit: { login: 1000/second } }'
  const server = useServer({ schema: SCHEMA, settings })
  let [owner, viewer]: readonly TestOperator[] = []
  beforeAll(async () => {
    ;[owner, viewer] = await createOperators(server, 'viewer')
  }, 60_000)
  const edits = [{ type: 'drop_field', collection: 'orders', field: 'note' }]

  test('the schema is read-only until a setting says otherwise', async () => {
    if (!owner || !viewer) throw new Error('there are no operators')
    const before = readFileSync(server.project.path('schema.yaml'), 'utf8')
    const planned = expectStatus(await owner.api.post(PLAN, { edits }), 200).body
    expect(planned.refusal).toContain('studio.schema_changes: true')
    const body = { base: planned.hash, edits, confirm: planned.confirm }
    expectError(await owner.api.post(APPLY, body), 'FORBIDDEN')
    expectError(await viewer.api.post(APPLY, body), 'FORBIDDEN')
    expectError(await owner.api.post('/api/admin/schema', { source: planned.source }), 'FORBIDDEN')
    expectError(await server.anonymous.post(PLAN, { edits }), 'UNAUTHENTICATED')
    expect(readFileSync(server.project.path('schema.yaml'), 'utf8')).toBe(before)
    expect(existsSync(server.project.path('migrations'))).toBe(false)

    server.project.write('koyalite.yaml', `${settings}\nstudio: { schema_changes: true }\n`)
    await server.restart()
    const signIn = async ({ email }: TestOperator) => {
      const { body: signedIn } = await server.anonymous.post('/api/admin/login', { email, password: OPERATOR_PASSWORD })
      return createApi(server.process.url, signedIn.access_token)
    }
    expectError(await (await signIn(viewer)).post(APPLY, body), 'FORBIDDEN')
    expectStatus(await (await signIn(owner)).post(APPLY, body), 200)

    expect(readFileSync(server.project.path('schema.yaml'), 'utf8')).not.toContain('note:')
    expect(readdirSync(server.project.path('migrations'))).toHaveLength(1)
  })
})

describe('from a slow list to its index', () => {
  const server = useServer({
    command: 'dev',
    schema: `# Places.
version: 1
collections:
  cities:
    fields:
      id:         { type: int, primary: true, default: auto }
      name:       { type: string }   # as on the map
      population: { type: int }
    rules: { read: "true" }
`,
  })
  const shape = async () => {
    expectStatus(await server.anonymous.get('/api/collections/cities?filter=name:eq:City 7&sort=-population'), 200)
    const { queries } = expectStatus(await server.api.get('/api/admin/queries'), 200).body
    expect(queries).toHaveLength(1)
    const path = `/api/admin/queries?shape=${encodeURIComponent(queries[0].shape)}`
    return expectStatus(await server.api.get(path), 200).body.queries[0]
  }

  test('the index that is advised, applied from the plan, is what the list is read by', async () => {
    const operations = Array.from({ length: 500 }, (_, n) => ({
      ...{ op: 'create', collection: 'cities', data: { name: `City ${n}`, population: n } },
    }))
    expectStatus(await server.api.post('/api/batch', { operations }), 200)
    const slow = await shape()
    expect(slow.advice.plan.join(' ')).toContain('All documents')
    const [{ collection, fields }] = slow.advice.indexes
    const value = { name: 'by_name', fields }
    const edits = [{ type: 'set_index', collection, index: 'by_name', value }]
    const planned = expectStatus(await server.api.post(PLAN, { edits }), 200).body
    expect(planned).toMatchObject({ losses: [], confirm: null, problems: [], refusal: null })
    expectStatus(await server.api.post(APPLY, { base: planned.hash, edits }), 200)
    expect(readFileSync(server.project.path('schema.yaml'), 'utf8')).toContain('{ type: string }   # as on the map')
    const fast = await shape()
    expect(fast.advice.plan.join(' ')).not.toContain('All documents')
    expect(fast.advice.plan.join(' ')).toContain('by_name')
    expect(fast.advice.indexes).toEqual([])
  })
})
