import { describe, expect, test } from 'bun:test'
import { expectError, expectStatus, fieldsOf, OPCODES, rawWebSocket, useServer } from '@koyalite/testkit'

/** Values come back as they were sent, or are refused with their path; there is nothing in between. */
const server = useServer({
  schema: `version: 1
collections:
  things:
    rules: { create: "true", read: "true", update: "true", delete: "true" }
    fields:
      id: { type: int, primary: true, default: auto }
      n: { type: int, nullable: true }
      f: { type: float, nullable: true }
      j: { type: json, nullable: true }
      one: { type: json, nullable: true, schema: { enum: [{ a: 1, b: [x] }, 7] } }
      set: { type: json, nullable: true, schema: { type: array, uniqueItems: true } }
  users:
    rules: { read: "auth.id == doc.id", update: "auth.id == doc.id" }
`,
})
const THINGS = '/api/collections/things'
const json = { 'content-type': 'application/json' }
const send = (method: string, path: string, raw: string, headers: Record<string, string> = {}) =>
  server.api.request(method, path, { raw, headers: { ...json, ...headers } })
const make = async (data: object = {}) => expectStatus(await server.api.post(THINGS, data), 201).body.id as number
/** What a message is answered with, past the greeting and what comes before errors and snapshots. */
async function responses(messages: readonly string[]) {
  const socket = await rawWebSocket(`${server.api.url}/api/realtime`, { Authorization: `Bearer ${server.key}` })
  const found = []
  for (const message of messages) {
    socket.frame(OPCODES.text, message)
    let response = await socket.message()
    while (response.type !== 'error' && response.type !== 'snapshot') response = await socket.message()
    found.push(response)
  }
  socket.cut()
  return found
}
const subscription = (filter: string) =>
  `{"id":"x","type":"subscribe","payload":{"collection":"things","filter":${filter}}}`
const total = async () => (await server.api.list('things', { limit: 1, count: true })).body.total

const INEXACT = [
  '750727362669608961',
  '-9007199254740993',
  '1.0000000000000001',
  '4503599627370497.5',
  '3.14159265358979323846',
  '0.30000000000000004441',
  '1e400',
  '-1e400',
  '1e-400',
]
const EXACT = ['0', '1.10', '1e2', '-1.5E-3', '9007199254740991', '1e300', '100000000000000000000', '5e-324']

describe('numbers in json', () => {
  test.each(EXACT)('%s is returned exactly', async (number) => {
    const created = expectStatus(await send('POST', THINGS, `{"j":{"a":[${number}]}}`), 201)
    expect(created.body.j.a[0]).toBe(Number(number))
    expect((await server.api.get(`${THINGS}/${created.body.id}`)).body.j.a[0]).toBe(Number(number))
  })

  test.each([...INEXACT, '0.10000000000000001', '1152921504606846976'])(
    '%s is refused with its path, by every way in',
    async (number) => {
      const id = await make()
      const before = await total()
      const data = `{"f":1,"j":{"a":[0,{"b":${number}}]}}`
      const operations = (op: string) => `{"operations":[{"op":"delete","collection":"things","id":9999},${op}]}`
      const requests: readonly (readonly [string, string, string])[] = [
        ['POST', THINGS, data],
        ['PUT', `${THINGS}/${id}`, data],
        ['PATCH', `${THINGS}/${id}`, data],
        ['POST', THINGS, `[{"j":1},${data}]`],
        ['POST', '/api/batch', operations(`{"op":"create","collection":"things","data":${data}}`)],
        ['POST', '/api/batch', operations(`{"op":"update","collection":"things","id":${id},"data":${data}}`)],
        ['POST', '/api/batch', operations(`{"op":"upsert","collection":"things","data":${data}}`)],
        ['POST', '/api/admin/import/things', `{"j":1}\n${data}\n`],
      ]
      for (const [method, path, raw] of requests) {
        const response = await send(method, path, raw)
        expectError(response, 'VALIDATION_ERROR')
        expect(fieldsOf(response)).toEqual(['j.a.1.b'])
        const inList = raw.startsWith('[') || raw.includes('operations') || raw.includes('\n')
        expect(response.body.error.operation).toBe(inList ? 1 : undefined)
        expect(response.body.error.message).toContain(number)
      }
      for (const operator of ['$push', '$pull']) {
        const response = await send('PATCH', `${THINGS}/${id}`, `{"j":{"${operator}":{"b":${number}}}}`)
        expectError(response, 'VALIDATION_ERROR')
        expect(fieldsOf(response)).toEqual([`j.${operator}.b`])
      }
      expect((await server.api.get(`${THINGS}/${id}`)).body.j).toBeNull()
      expect(await total()).toBe(before)
    },
  )

  test('of a user are refused too', async () => {
    const email = 'exact@example.com'
    const metadata = '{"id":750727362669608961}'
    const account = `"email":"${email}","password":"correct horse 1"`
    const refused = await send('POST', '/api/auth/register', `{${account},"metadata":${metadata}}`)
    expectError(refused, 'VALIDATION_ERROR')
    expect(fieldsOf(refused)).toEqual(['metadata.id'])
    const { user, access_token } = expectStatus(await send('POST', '/api/auth/register', `{${account}}`), 201).body
    const authorization = `Bearer ${access_token}`
    expect(fieldsOf(await send('PATCH', '/api/auth/me', `{"metadata":${metadata}}`, { authorization }))).toEqual([
      'metadata.id',
    ])
    expect(fieldsOf(await send('PATCH', `/api/admin/users/${user.id}`, `{"metadata":${metadata}}`))).toEqual([
      'metadata.id',
    ])
    expect(
      fieldsOf(await send('POST', '/api/admin/users', `{"email":"b@example.com","metadata":${metadata}}`)),
    ).toEqual(['metadata.id'])
  })
})

describe('numbers in int and float fields', () => {
  test.each(INEXACT.filter((number) => number !== '1e-400'))('int: %s is refused', async (number) => {
    const response = await send('POST', THINGS, `{"n":${number}}`)
    expectError(response, 'VALIDATION_ERROR')
    expect(fieldsOf(response)).toEqual(['n'])
  })

  test.each(INEXACT.filter((number) => number !== '0.30000000000000004441'))('float: %s is refused', async (number) => {
    const response = await send('POST', THINGS, `{"f":${number}}`)
    expectError(response, 'VALIDATION_ERROR')
    expect(fieldsOf(response)).toEqual(['f'])
  })

  test('a float is accepted as programs print it, including the server itself', async () => {
    for (const value of [0.1, 447.9442435751815, 2 ** 60, 1 / 3]) {
      const raw = `{"f":${value.toPrecision(17)}}`
      const { id } = expectStatus(await send('POST', THINGS, raw), 201).body
      const response = await fetch(`${server.api.url}${THINGS}/${id}`)
      const text = await response.text()
      expect(JSON.parse(text).f).toBe(value)
      expectStatus(await send('PUT', `${THINGS}/${id}`, text), 200)
      expectStatus(await send('PATCH', `${THINGS}/${id}`, raw), 200)
      expectStatus(
        await send('POST', '/api/batch', `{"operations":[{"op":"upsert","collection":"things","data":${text}}]}`),
        200,
      )
      const printed = value.toPrecision(17)
      expect((await server.api.list('things', { filter: `f:eq:${printed}`, fields: 'id' })).body.docs).toContainEqual({
        id,
      })
    }
    const id = await make({ f: 1 })
    expectStatus(await send('PATCH', `${THINGS}/${id}`, '{"f":{"$inc":0.10000000000000001}}'), 200)
  })

  test('whole numbers may be written with fraction and exponent', async () => {
    for (const number of ['5.0', '50e-1', '0.05e2'])
      expect(expectStatus(await send('POST', THINGS, `{"n":${number}}`), 201).body.n).toBe(5)
  })
})

describe('values in comparisons', () => {
  test.each([
    'n:eq:9007199254740993',
    'n:eq:1.0000000000000001',
    'n:gt:4503599627370497.5',
    'f:eq:750727362669608961',
    'f:lt:1e400',
    'f:in:1,1.0000000000000001',
    'j.a:eq:750727362669608961',
    'j.a:in:1,1e400',
    'j:contains:1.0000000000000001',
    'j:eq:{"a":[750727362669608961]}',
  ])('filter=%s is refused', async (filter) => {
    expectError(await server.api.list('things', { filter }), 'INVALID_FILTER')
  })

  test.each([
    'doc.f == 1.0000000000000001',
    'doc.f < -1e400',
    'doc.j.a == 3.14159265358979323846',
    'doc.n == 99999999999999999999',
    'doc.j.a == 750727362669608961',
    '-750727362669608961 < doc.j.a',
    'doc.j.a in [1, 750727362669608961]',
    '750727362669608961 in doc.j.a',
    'doc.j == {"a": [{"b": 750727362669608961}]}',
    '[1, 750727362669608961] != doc.j.a',
  ])('where=%s is refused', async (where) => {
    expectError(await server.api.list('things', { where }), 'INVALID_FILTER')
  })

  test('a text of digits is matched in quotes', async () => {
    const id = await make({ j: { a: '750727362669608961' } })
    const { docs } = expectStatus(await server.api.list('things', { filter: 'j.a:eq:"750727362669608961"' }), 200).body
    expect(docs.map((doc: { id: number }) => doc.id)).toEqual([id])
  })

  test.each(['1.5', '1.0000000000000001', '1e0', '0x1', ' 1', '+1', '1_0'])(
    'limit=%s is no whole number',
    async (limit) => {
      expectError(await server.api.request('GET', `${THINGS}?limit=${encodeURIComponent(limit)}`), 'INVALID_REQUEST')
      expectError(await server.api.request('GET', `${THINGS}?offset=${encodeURIComponent(limit)}`), 'INVALID_REQUEST')
    },
  )

  test.each(['1.5', '1.0000000000000001', '1e0', '0x1', ' 1', '', '+1', '501', '0'])(
    'limit=%s is none of an admin list',
    async (limit) => {
      for (const list of ['audit', 'mail', 'sessions']) {
        const path = `/api/admin/${list}?limit=${encodeURIComponent(limit)}`
        expectError(await server.api.request('GET', path), 'INVALID_REQUEST')
      }
      for (const list of ['audit', 'mail', 'sessions'])
        expectStatus(await server.api.get(`/api/admin/${list}?limit=1`), 200)
    },
  )

  test('over WebSocket', async () => {
    const filters = ['{"n":750727362669608961}', '{"j":{"$eq":{"a":1.0000000000000001}}}', '{"f":{"$gt":1e400}}']
    for (const response of await responses(filters.map(subscription)))
      expect(response).toMatchObject({ id: 'x', type: 'error', payload: { code: 'INVALID_FILTER' } })
    const [limited] = await responses([
      '{"id":"x","type":"subscribe","payload":{"collection":"things","limit":1.0000000000000001}}',
    ])
    expect(limited).toMatchObject({ id: 'x', type: 'error', payload: { code: 'INVALID_JSON' } })
  })
})

describe('keys that every JavaScript object has', () => {
  const VALUE = '{"__proto__":{"constructor":[{"prototype":1}]},"constructor":2,"toString":"x","hasOwnProperty":null}'

  test('are preserved inside json, on every route', async () => {
    const id = await make()
    const text = async () => {
      const response = await fetch(`${server.api.url}${THINGS}/${id}`)
      return /"j":(.*),"one"/.exec(await response.text())?.[1]
    }
    const writes: readonly (readonly [string, string, string, string])[] = [
      ['PATCH', `${THINGS}/${id}`, `{"j":${VALUE}}`, VALUE],
      ['PUT', `${THINGS}/${id}`, `{"j":[${VALUE}]}`, `[${VALUE}]`],
      ['PATCH', `${THINGS}/${id}`, `{"j":{"$push":${VALUE}}}`, `[${VALUE},${VALUE}]`],
      ['PATCH', `${THINGS}/${id}`, `{"j":{"$pull":${VALUE}}}`, '[]'],
      [
        'POST',
        '/api/batch',
        `{"operations":[{"op":"update","collection":"things","id":${id},"data":{"j":${VALUE}}}]}`,
        VALUE,
      ],
      ['POST', '/api/admin/import/things?mode=upsert', `{"id":${id},"j":{"k":${VALUE}}}`, `{"k":${VALUE}}`],
    ]
    for (const [method, path, raw, stored] of writes) {
      expectStatus(await send(method, path, raw), 200)
      expect(await text()).toBe(stored)
    }
    const found = async (parameters: Record<string, string>) =>
      expectStatus(await server.api.list('things', parameters), 200).body.docs.map((doc: { id: number }) => doc.id)
    expect(await found({ filter: `j.k:eq:${VALUE}` })).toEqual([id])
    expect(await found({ filter: 'j.k.constructor:eq:2' })).toEqual([id])
    expect(await found({ where: 'doc.j.k.__proto__.constructor[0].prototype == 1' })).toEqual([id])
    expect(await found({ filter: 'j.k.valueOf:ne:null' })).toEqual([])
  })

  test('are preserved in the metadata of users', async () => {
    const body = `{"email":"proto@example.com","password":"correct horse 1","metadata":${VALUE}}`
    const response = await server.api.request('POST', '/api/auth/register', { raw: body, headers: json })
    const { access_token } = expectStatus(response, 201).body
    const me = await fetch(`${server.api.url}/api/auth/me`, { headers: { authorization: `Bearer ${access_token}` } })
    expect(await me.text()).toContain(`"metadata":${VALUE}`)
  })

  test('can be compared over WebSocket', async () => {
    const id = await make({ j: { only: JSON.parse(VALUE) } })
    const [found, refused] = await responses([
      subscription(`{"j.only":${VALUE}}`),
      subscription('{"__proto__":{"n":1}}'),
    ])
    expect(found).toMatchObject({ type: 'snapshot', payload: { docs: [{ id }] } })
    expect(refused).toMatchObject({ type: 'error', payload: { code: 'INVALID_FILTER' } })
  })

  test.each(['__proto__', 'constructor', 'prototype'])('%s is not a field of any document', async (name) => {
    const before = await total()
    expectError(await send('POST', THINGS, `{"${name}":1}`), 'INVALID_JSON')
    expectError(await send('POST', THINGS, `[{"n":1},{"${name}":1}]`), 'VALIDATION_ERROR')
    const batch = `{"operations":[{"op":"create","collection":"things","data":{"${name}":1}}]}`
    expectError(await send('POST', '/api/batch', batch), 'VALIDATION_ERROR')
    expect(await total()).toBe(before)
  })
})

describe('equality in the schema of a json field', () => {
  test.each([
    ['one', '{"a":1,"b":["x"]}', 201],
    ['one', '{"b":["x"],"a":1.0}', 201],
    ['one', '70e-1', 201],
    ['one', '{"a":1,"b":["x"],"c":null}', 422],
    ['one', '{"a":1}', 422],
    ['set', '[{"a":1},{"a":2},1,"1",true,[1]]', 201],
    ['set', '[{"a":1,"b":2},{"b":2,"a":1}]', 422],
    ['set', '[[],[]]', 422],
    ['set', '[1,1.0]', 422],
  ])('%s: %s is %d', async (field, value, status) => {
    const response = expectStatus(await send('POST', THINGS, `{"${field}":${value}}`), status)
    if (status === 422) expect(fieldsOf(response)).toEqual([field])
    else expect(response.body[field]).toEqual(JSON.parse(value))
  })

  test('$push checks it on the result', async () => {
    const id = await make({ set: [{ a: 1, b: 2 }] })
    expectError(await send('PATCH', `${THINGS}/${id}`, '{"set":{"$push":{"b":2,"a":1}}}'), 'VALIDATION_ERROR')
    expectStatus(await send('PATCH', `${THINGS}/${id}`, '{"set":{"$push":{"b":2,"a":2}}}'), 200)
  })
})
