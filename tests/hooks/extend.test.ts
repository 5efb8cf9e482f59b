import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createApi, expectError, expectStatus, useServer } from '@koyalite/testkit'

const SCHEMA = `version: 1
types: { iban: { base: string, validate: is_iban } }
collections:
  orders:
    fields:
      id: { type: uuid, primary: true, default: auto }
      amount: { type: int }
      account: { type: iban, nullable: true }
      state: { type: string, nullable: true }
    rules: { create: "auth.claims.team == 'staff'", read: "true" }
`

const GUIDE = readFileSync(join(import.meta.dir, '../../docs/hooks-extend.md'), 'utf8')
const SAMPLE = /```ts hooks\/extend\.ts\n([\s\S]*?)```/.exec(GUIDE)?.[1] ?? ''

const server = useServer({ schema: SCHEMA, files: { 'hooks/extend.ts': SAMPLE } })

test('the guide: a type, a registration, an override and a route', async () => {
  const { anonymous, api, process } = server
  const register = (email: string) => anonymous.post('/api/auth/register', { email, password: 'correct horse 9' })
  const refused = await register('eve@example.org')
  expect([refused.status, refused.body.error.code]).toEqual([403, 'NOT_OURS'])
  const { access_token: token, user } = expectStatus(await register('ann@example.com'), 201).body
  expect(user.claims).toEqual({ team: 'staff' })
  const ann = createApi(process.url, token)
  const orders = '/api/collections/orders'

  const ordered = expectStatus(await ann.post(orders, { amount: 3 }), 201)
  expect(ordered.body).toMatchObject({ amount: 3, state: 'placed', message: 'Thank you.' })
  const tooMuch = await ann.post(orders, { amount: 101 })
  expect([tooMuch.status, tooMuch.body.error.code]).toEqual([409, 'TOO_MUCH'])
  expectError(await ann.post(orders, [{ amount: 3 }]), 'CONFLICT')
  expectError(await anonymous.post(orders, { amount: 3 }), 'UNAUTHENTICATED')

  const wrong = await ann.post(orders, { amount: 1, account: 'DE1' })
  expectError(wrong, 'VALIDATION_ERROR')
  expect(wrong.text).toContain('account: This is not an IBAN.')
  expectStatus(await ann.post(orders, { amount: 1, account: 'DE89370400440532013000' }), 201)
  const cancel = `/api/x/orders/${ordered.body.id}/cancel`
  expectError(await anonymous.post(cancel, { reason: 'too late' }), 'UNAUTHENTICATED')
  expectError(await ann.post(cancel, { reason: 'no' }), 'VALIDATION_ERROR')
  expect(expectStatus(await ann.post(cancel, { reason: 'too late' }), 200).body).toEqual({ canceled: ordered.body.id })
  expect((await ann.get(`${orders}/${ordered.body.id}`)).body.state).toBe('canceled: too late')
  expectStatus(await ann.post(`/api/x/orders/${Bun.randomUUIDv7()}/cancel`, { reason: 'too late' }), 404)
  const { paths } = expectStatus(await api.get('/api/openapi.json'), 200).body
  const described = paths['/api/x/orders/{id}/cancel'].post
  expect(described.requestBody.content['application/json'].schema.$ref).toEndWith('x.post.orders._id.cancel.input')

  const { hooks } = expectStatus(await api.get('/api/admin/hooks'), 200).body
  expect(hooks.map(({ collection, hook }: Record<string, string>) => `${collection}.${hook}`)).toEqual([
    'types.is_iban',
    'auth.beforeRegister',
    'operations.orders.create',
    'routes.POST /api/x/orders/:id/cancel',
  ])
})
