import { beforeAll, describe, expect, test } from 'bun:test'
import { expectStatus, until, useServer } from '@koyalite/testkit'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020 } from 'ajv/dist/2020.js'

const SCHEMA = `version: 1
collections:
  functions:
    fields: { id: { type: uuid, primary: true, default: auto } }
    rules: { read: "true" }
`

const FILES = {
  'functions/greet.ts': `import { defineFunction } from '@koyalite/functions'
export default defineFunction({
  config: { access: "auth.id != null && request.body.name != 'nobody'" },
  input: { name: { type: 'string', maxLength: 20 }, times: { type: 'int', default: 1 } },
  output: { said: 'string' },
  handler: (input) => ({ said: input.name }),
})
`,
  'functions/sum-tree.ts': `import { defineFunction } from '@koyalite/functions'
const node = { type: 'object', properties: { value: { type: 'number' }, next: { $ref: '#/$defs/node' } } }
export default defineFunction({
  config: { access: 'true', route: '/trees/:tree/sum' },
  input: { $defs: { node }, $ref: '#/$defs/node' },
  handler: () => 1,
})
`,
  'functions/free.ts': `import { defineFunction } from '@koyalite/functions'
export default defineFunction({ config: { access: 'true' }, handler: (input) => input })
`,
  'functions/fails.ts': `import { defineFunction, KoyaError } from '@koyalite/functions'
export default defineFunction({
  config: { access: 'true' },
  handler(input: { sold?: boolean }) {
    if (input.sold) throw new KoyaError('SOLD_OUT', 'no seats are left', { status: 409, details: { seats: 0 } })
    throw new Error('unforeseen')
  },
})
`,
  'functions/paid.ts': `export const config = { access: 'true', auth: 'none', route: '/hooks/paid', methods: ['POST'] }
export default { fetch: () => new Response('paid') }
`,
  'functions/files.ts': `export const config = { access: "auth.role == 'editor'", route: '/files/*', cors: 'own' }
export default { fetch: () => new Response('file') }
`,
  'functions/shown.ts': `export const config = { access: 'true', route: '/things/:id', methods: ['GET'] }
export default { fetch: () => new Response('one') }
`,
  'functions/changed.ts': `export const config = { access: 'true', route: '/things/:key', methods: ['PUT'] }
export default { fetch: () => new Response('changed') }
`,
  'functions/innerWork.ts': `import { defineFunction } from '@koyalite/functions'
export default defineFunction({
  input: { inner_secret: 'string' },
  output: { inner_result: 'string' },
  handler: () => ({ inner_result: '' }),
})
`,
  'functions/halfWritten.ts': 'export default {\n',
}

const server = useServer({ schema: SCHEMA, files: FILES })
// biome-ignore lint/suspicious/noExplicitAny: the document is walked as what it is, JSON
let document: any

beforeAll(async () => {
  await until(async () => {
    const { functions } = expectStatus(await server.api.get('/api/admin/functions'), 200).body
    return functions.length === 10
  })
  document = expectStatus(await server.anonymous.get('/api/openapi.json'), 200).body
})

const operation = (path: string, method = 'post') => document.paths[path]?.[method]
const json = (content: unknown) => ({ content: { 'application/json': { schema: content } } })

test('the document with functions is valid OpenAPI, and every operation has an id of its own', async () => {
  const { valid, errors } = await new Validator().validate(structuredClone(document))
  expect([valid, errors]).toEqual([true, undefined])
  const ids = Object.values<Record<string, { operationId?: string }>>(document.paths).flatMap((item) =>
    Object.values(item).flatMap(({ operationId }) => operationId ?? []),
  )
  expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([])
  const tags = document.tags.map(({ name }: { name: string }) => name)
  expect(tags.filter((name: string) => name === 'functions')).toEqual(['functions'])
})

describe('a typed function with a door', () => {
  test('is described with what it takes, what it returns and who may call it', () => {
    expect(operation('/api/functions/greet')).toMatchObject({
      operationId: 'call_greet',
      tags: ['functions'],
      summary: 'Call the function greet',
      description: expect.stringContaining("`auth.id != null && request.body.name != 'nobody'`"),
      parameters: [{ $ref: '#/components/parameters/Idempotency-Key' }],
      requestBody: { required: true, ...json({ $ref: '#/components/schemas/greet.input' }) },
      responses: { 200: json({ $ref: '#/components/schemas/greet.output' }) },
    })
    expect(operation('/api/functions/greet', 'get')).toBeUndefined()
    expect(document.components.schemas['greet.input']).toEqual({
      type: 'object',
      properties: { name: { type: 'string', maxLength: 20 }, times: expect.objectContaining({ default: 1 }) },
      required: ['name'],
      additionalProperties: false,
    })
    expect(document.components.schemas['greet.output'].properties).toEqual({ said: { type: 'string' } })
  })

  test('has errors of its own, and those of code that is run', () => {
    const { responses } = operation('/api/functions/greet')
    expect(Object.keys(responses).sort()).toEqual(['200', '4XX', '500', '502', '503', '504', '508'])
    expect(responses['4XX']).toMatchObject(json({ $ref: '#/components/schemas/FunctionError' }))
    expect(responses['504']).toEqual({ $ref: '#/components/responses/Error504' })
  })

  test('its errors are as they are described', async () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false })
    ajv.addSchema(document, 'document')
    const refused = expectStatus(await server.anonymous.post('/api/functions/fails', { sold: true }), 409)
    const failed = expectStatus(await server.anonymous.post('/api/functions/fails', {}), 500)
    const invalid = expectStatus(await server.api.post('/api/functions/greet', { nam: 1 }), 422)
    for (const [pointer, { body }] of [
      ['/components/schemas/FunctionError', refused],
      ['/components/schemas/FunctionError', invalid],
      ['/components/responses/Error500/content/application~1json/schema', failed],
    ] as const) {
      const validate = ajv.compile({ $ref: `document#${pointer}` })
      validate(body)
      expect([body.error.code, validate.errors]).toEqual([body.error.code, null])
    }
  })

  test('one without schemas takes and returns any JSON, and nothing will do', () => {
    expect(operation('/api/functions/free')).toMatchObject({
      requestBody: { required: false, ...json({}) },
      responses: { 200: json({}) },
    })
  })

  test('references inside its schema lead to where that stands', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false })
    ajv.addSchema(document, 'document')
    const validate = ajv.compile({ $ref: 'document#/components/schemas/sum-tree.input' })
    expect([{ value: 1, next: { value: 2 } }, { next: { value: 'two' } }].map((one) => validate(one))).toEqual([
      true,
      false,
    ])
    expect(operation('/api/functions/sum-tree').requestBody.required).toBe(false)
  })

  test('its route is a door too', () => {
    expect(operation('/trees/{tree}/sum')).toMatchObject({
      operationId: 'call_sum-tree.route',
      tags: ['functions'],
      parameters: [{ name: 'tree', in: 'path', required: true }, { $ref: '#/components/parameters/Idempotency-Key' }],
      requestBody: json({ $ref: '#/components/schemas/sum-tree.input' }),
    })
  })
})

describe('a raw function with a door', () => {
  test('takes and answers any media type, by its methods only', () => {
    for (const path of ['/api/functions/paid', '/hooks/paid']) {
      expect(Object.keys(document.paths[path])).toEqual(['post'])
      expect(operation(path)).toMatchObject({
        security: [],
        requestBody: { required: false, content: { '*/*': {} } },
        responses: { default: { content: { '*/*': {} } } },
      })
      expect(Object.keys(operation(path).responses)).toEqual(['default'])
      expect(operation(path).parameters).toEqual([])
      expect(operation(path).description).toContain('below `/api/functions/paid` and `/hooks/paid`')
    }
  })

  test('is described once with what is below its paths; a route with * as that', () => {
    expect(Object.keys(document.paths).filter((path) => path.includes('*'))).toEqual(['/files/*'])
    expect(Object.keys(document.paths['/files/*']).sort()).toEqual([
      ...['delete', 'get', 'options', 'patch', 'post', 'put'],
    ])
    expect(operation('/files/*', 'get').requestBody).toBeUndefined()
    expect(operation('/files/*', 'get').description).toContain("`auth.role == 'editor'`")
    expect(operation('/files/*', 'get').security).toBeUndefined()
  })

  test('functions that share a path by methods share its template', () => {
    const [template, ...others] = Object.keys(document.paths).filter((path) => path.startsWith('/things/'))
    expect([template, others]).toEqual([expect.stringMatching(/^\/things\/\{(id|key)\}$/), []])
    for (const method of ['get', 'put'])
      expect(operation(template ?? '', method).parameters).toEqual([
        expect.objectContaining({ name: template?.slice('/things/{'.length, -1), in: 'path' }),
      ])
  })
})

describe('what has no door', () => {
  test('is nowhere, for whoever reads the document: neither its name nor its fields', async () => {
    for (const api of [server.anonymous, server.api]) {
      const { text } = expectStatus(await api.get('/api/openapi.json'), 200)
      expect(text).not.toMatch(/innerWork|inner_secret|inner_result|halfWritten/)
    }
  })

  test('is called by its name by those who may, which is described once', () => {
    expect(Object.keys(document.paths['/api/functions/{name}'])).toEqual(['post'])
    expect(operation('/api/functions/{name}')).toMatchObject({
      operationId: 'callFunction',
      description: expect.stringContaining('functions:invoke'),
    })
  })

  test('a door that is closed is gone from the document, one that opens is there', async () => {
    const described = async () => Object.keys((await server.anonymous.get('/api/openapi.json')).body.paths)
    await Bun.write(server.project.path('functions/free.ts'), FILES['functions/free.ts'].replace("access: 'true'", ''))
    await Bun.write(
      server.project.path('functions/innerWork.ts'),
      FILES['functions/innerWork.ts'].replace('input:', "config: { access: 'true' },\n  input:"),
    )
    await server.restart()
    await until(async () => (await described()).includes('/api/functions/innerWork'))
    expect(await described()).not.toContain('/api/functions/free')
  })
})
