import { describe, expect, test } from 'bun:test'
import { createApi, createKey, expectError, expectStatus, useServer } from '@koyalite/testkit'
import { newAddress, PASSWORD, signUp } from '../security/accounts'

const server = useServer({
  command: 'dev',
  settings: 'auth: { rate_limit: { register: 1000/minute, login: 1000/minute } }\n',
  schema: `
version: 1
roles: { moderator: { permissions: ["notes:*"] } }
collections:
  users:
    fields:
      name: { type: string, nullable: true, maxLength: 20 }
      plan: { type: string, default: free, write: "false" }
      note: { type: string, nullable: true, internal: true }
    rules: { read: "auth.id == doc.id", update: "auth.id == doc.id" }
  notes:
    fields: { id: { type: string, primary: true } }
`,
})
const keyWith = async (scope: string) => createApi(server.process.url, await createKey(server.project, scope))

describe.each(['auth', 'auth=users'])('a key with the scope %s', (scope) => {
  test('creates, updates and deletes users over the admin API', async () => {
    const [key, ann] = [await keyWith(scope), await signUp(server)]
    const path = `/api/admin/users/${ann.id}`
    const change = {
      role: 'moderator',
      verified: true,
      name: 'Ann',
      plan: 'pro',
      metadata: { a: 1 },
      claims: { team: 'a' },
    }
    expect(expectStatus(await key.patch(path, change), 200).body).toMatchObject(change)
    expect(expectStatus(await ann.api.get('/api/auth/me'), 200).body).toMatchObject(change)
    const email = newAddress()
    expect(expectStatus(await key.patch(path, { email }), 200).body.email).toBe(email)
    const made = { email: newAddress(), password: PASSWORD, role: 'moderator', plan: 'pro' }
    const { id } = expectStatus(await key.post('/api/admin/users', made), 201).body
    expectStatus(await key.delete(`/api/admin/users/${id}`), 204)
  })

  test('cannot set keys or internal fields, nor invalid values', async () => {
    const [key, ann] = [await keyWith(scope), await signUp(server)]
    const path = `/api/admin/users/${ann.id}`
    for (const change of [
      { id: crypto.randomUUID() },
      { note: 'x' },
      { nonsense: 1 },
      { name: 'x'.repeat(21) },
      { email: 'ann' },
      { created_at: 'x' },
    ]) {
      expectError(await key.patch(path, change), 'VALIDATION_ERROR')
    }
    expectError(await key.patch(`/api/admin/users/${crypto.randomUUID()}`, { name: 'x' }), 'NOT_FOUND')
  })

  test('cannot write other documents', async () => {
    const [key, ann] = [await keyWith(scope), await signUp(server)]
    expectError(await key.patch(`/api/collections/users/${ann.id}`, { role: 'moderator' }), 'NOT_FOUND')
    expectError(await key.post('/api/collections/notes', { id: 'a' }), 'FORBIDDEN')
  })
})

test.each(['data:write', 'data:read', 'logs', 'auth=notes'])('a key with the scope %s does not', async (scope) => {
  const [key, ann] = [await keyWith(scope), await signUp(server)]
  expectError(await key.patch(`/api/admin/users/${ann.id}`, { name: 'x' }), 'FORBIDDEN')
})
