import { afterAll, beforeAll, expect, test } from 'bun:test'
import { AppError, type JsonValue, SYSTEM } from '@koyalite/contracts'
import { openTestApi, openTestContext, type TestApi, user } from './testing/open-api'
import { createUserDocuments } from './user-documents'

const SCHEMA = `
version: 1
types:
  iban: { base: string, validate: is_iban }
  even: { base: int, validate: is_even }
  tags: { base: json, validate: has_tags }
  lost: { base: string, validate: nobody }
collections:
  users:
    fields: { account: { type: iban, nullable: true } }
  accounts:
    fields:
      id: { type: int, primary: true, default: auto }
      number: { type: iban, maxLength: 9 }
      size: { type: even, default: 0 }
      tags: { type: tags, nullable: true }
      hidden: { type: lost, nullable: true, internal: true }
      ruled: { type: lost, nullable: true, write: "auth.role == 'admin'" }
      lost: { type: lost, nullable: true }
    rules: { create: "true", read: "true", update: "true", delete: "true" }
`

const asked: JsonValue[] = []
const VALIDATORS: Readonly<Record<string, (value: JsonValue) => string | null>> = {
  is_iban(value) {
    asked.push(value)
    return String(value).startsWith('DE') ? null : 'This is not an IBAN.'
  },
  is_even: (value) => (Number(value) % 2 === 0 ? null : 'must be even'),
  has_tags: (value) => ((value as readonly unknown[]).length < 3 ? null : 'has too many'),
}
const validators = { of: (name: string) => VALIDATORS[name] ?? null }

let api: TestApi
let send: ReturnType<TestApi['as']>
beforeAll(async () => {
  api = await openTestApi(SCHEMA, { validators })
  send = api.as(user('u1'))
})
afterAll(() => api.close())

const NOT_IBAN = { field: 'number', code: 'validate', message: 'number: This is not an IBAN.' }
const create = (data: JsonValue) => send('POST', '/collections/accounts', data)
const count = async () => (await api.system('GET', '/collections/accounts?count=true')).body.total

test('what a validator refuses is not written, by any door', async () => {
  const { id } = (await create({ number: 'DE1', size: 2, tags: ['a', 'b'] })).body
  const path = `/collections/accounts/${id}`
  const bad = { number: 'X' }
  const operations = (op: string) => ({ operations: [{ op, collection: 'accounts', id, data: bad }] })
  const attempts = [
    () => create(bad),
    () => send('POST', '/collections/accounts', [{ number: 'DE2' }, bad]),
    () => send('PUT', path, bad),
    () => send('PUT', '/collections/accounts/77', bad),
    () => send('PATCH', path, bad),
    () => api.system('POST', '/admin/data/bulk/accounts', { operation: 'update', match: {}, data: bad }),
    () => send('POST', '/batch', { operations: [{ op: 'create', collection: 'accounts', data: bad }] }),
    ...['update', 'upsert'].map((op) => () => send('POST', '/batch', operations(op))),
  ]
  for (const attempt of attempts) {
    const { status, body } = await attempt()
    expect([status, body.error.code]).toEqual([422, 'VALIDATION_ERROR'])
    expect(JSON.stringify(body)).toContain(NOT_IBAN.message)
  }
  const line = JSON.stringify({ collection: 'accounts', op: 'create', data: bad })
  expect((await api.system('POST', '/admin/import', undefined, {}, line)).status).toBe(422)
  expect(await count()).toBe(1)
  expect((await send('GET', path)).body).toMatchObject({ number: 'DE1', size: 2 })
})

test('what operators make of a value is judged, not the operator', async () => {
  const { id } = (await create({ number: 'DE1', size: 2, tags: ['a'] })).body
  const patch = async (data: JsonValue) => (await send('PATCH', `/collections/accounts/${id}`, data)).status
  expect([await patch({ size: { $inc: 1 } }), await patch({ size: { $inc: 2 } })]).toEqual([422, 200])
  expect([await patch({ tags: { $push: 'b' } }), await patch({ tags: { $push: 'c' } })]).toEqual([200, 422])
})

test('it is asked of values that are valid for their base only, and never of null', async () => {
  asked.length = 0
  expect((await create({ number: 5 })).body.error.details).toMatchObject([{ field: 'number', code: 'type' }])
  expect((await create({ number: 'DE34567890' })).body.error.details).toMatchObject([{ code: 'maxLength' }])
  expect((await create({ size: 1 })).body.error.details).toMatchObject([{ code: 'validate' }, { code: 'required' }])
  expect(asked).toEqual([])
  expect((await create({ number: 'DE1', tags: null, lost: null })).status).toBe(201)
})

test('a type that nobody validates can be written by nobody', async () => {
  const before = await count()
  for (const call of [send, api.system]) {
    const { status, body } = await call('POST', '/collections/accounts', { number: 'DE1', lost: 'x' })
    expect([status, body.error.code]).toEqual([503, 'UNAVAILABLE'])
    expect(body.error.message).toContain("no hook supplies the validator 'nobody' of its type 'lost'")
  }
  expect(await count()).toBe(before)
})

test('a field that the caller may not write is not looked at: nothing is said of its type', async () => {
  const { status, body } = await create({ number: 'DE1', hidden: 'x' })
  expect([status, body.error.details]).toMatchObject([422, [{ field: 'hidden', code: 'unknown' }]])
  expect((await create({ number: 'DE1', ruled: 'x' })).body.error.details).toMatchObject([{ code: 'read_only' }])
})

test('the accounts of people are judged too', async () => {
  const { database, context } = await openTestContext(SCHEMA, { validators })
  const users = createUserDocuments(context)
  const request = { actor: SYSTEM, ip: '192.0.2.1', requestId: null, time: Date.now() }
  const register = (account: string) => () =>
    users.create({ fields: { account }, by: 'own', server: { email: 'ann@example.com' }, request })
  expect(register('X')).toThrow(AppError)
  expect(register('DE1')).not.toThrow()
  await database.close()
})
