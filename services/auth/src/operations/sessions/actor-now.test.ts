import { afterEach, beforeEach, expect, test } from 'bun:test'
import { ANONYMOUS, type JobActor } from '@koyalite/contracts'
import { makeOperator } from '../../testing/make-operator'
import { type AuthTester, startAuth } from '../../testing/start-auth'

let auth: AuthTester
beforeEach(async () => {
  auth = await startAuth()
})
afterEach(() => auth.close())

const SYSTEM = { system: true }
const now = (subject: JobActor) => auth.auth.actorNow(subject)
const change = (method: string, path: string, body?: unknown) => auth.call(method, `/api/admin/${path}`, body, SYSTEM)

test('a user is as they are now, without a session, until they are blocked or gone', async () => {
  const { id } = await auth.user()
  const ann = { kind: 'user', id } as const
  expect(now(ann)).toMatchObject({ kind: 'user', id, email: 'ann@example.com', role: 'user', sessionId: '' })
  await change('PATCH', `users/${id}`, { role: 'editor' })
  expect(now(ann)).toMatchObject({ role: 'editor' })
  await change('POST', `users/${id}/block`, {})
  expect(now(ann)).toBeNull()
  await change('POST', `users/${id}/unblock`, {})
  expect(now(ann)).toMatchObject({ id })
  await change('DELETE', `users/${id}`)
  expect(now(ann)).toBeNull()
})

test('an operator until they are disabled, a key until it is revoked', async () => {
  await makeOperator(auth, 'owner')
  const { id } = await makeOperator(auth, 'admin')
  expect(now({ kind: 'operator', id })).toMatchObject({ kind: 'operator', id, role: 'admin' })
  await change('PATCH', `operators/${id}`, { disabled: true })
  expect(now({ kind: 'operator', id })).toBeNull()
  const key = (await change('POST', 'keys', { scopes: [{ scope: 'auth' }] })).body
  expect(now({ kind: 'service_key', id: key.id })).toEqual({
    kind: 'service_key',
    id: key.id,
    scopes: [{ scope: 'auth' }],
  })
  await change('DELETE', `keys/${key.id}`)
  expect(now({ kind: 'service_key', id: key.id })).toBeNull()
})

test('a user whom an operator acted as, while that operator may', async () => {
  await makeOperator(auth, 'owner')
  const admin = await makeOperator(auth, 'admin')
  const { id } = await auth.user()
  const acted: JobActor = { kind: 'user', id, impersonator: { id: admin.id, email: admin.email } }
  expect(now(acted)).toMatchObject({ id, impersonator: { id: admin.id, email: admin.email } })
  await change('PATCH', `operators/${admin.id}`, { role: 'viewer' })
  expect(now(acted)).toBeNull()
  await change('PATCH', `operators/${admin.id}`, { role: 'admin' })
  expect(now(acted)).not.toBeNull()
  await change('PATCH', `operators/${admin.id}`, { disabled: true })
  expect(now(acted)).toBeNull()
  expect(now({ kind: 'user', id })).not.toBeNull()
})

test('nobody in particular stays so', () => {
  expect(now({ kind: 'anonymous' })).toEqual(ANONYMOUS)
  expect(now({ kind: 'system', function: 'f' })).toEqual({ kind: 'system', function: 'f' })
})
