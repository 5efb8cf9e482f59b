import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Actor } from '@koyalite/contracts'
import { openTestApi, type TestApi, user } from './testing/open-api'

const ANN = '00000000-0000-7000-8000-00000000000a'

let api: TestApi
beforeAll(async () => {
  api = await openTestApi(`
version: 1
collections:
  users:
    fields: { name: { type: string, nullable: true } }
    rules: { create: "true", read: "true", update: "auth.id == doc.id" }
`)
  const ann = { id: ANN, email: 'ann@example.com', verified: true }
  expect((await api.system('POST', '/collections/users', ann)).status).toBe(201)
})
afterAll(() => api.close())

const operator = (role: 'owner' | 'admin' | 'editor' | 'viewer'): Actor => ({
  kind: 'operator',
  id: 'o',
  email: 'o@example.com',
  role,
  sessionId: 's',
})
const key = (...scopes: Extract<Actor, { kind: 'service_key' }>['scopes']): Actor => ({
  kind: 'service_key',
  id: 'k',
  scopes,
})

describe('the address of a user signs them in', () => {
  const path = `/collections/users/${ANN}`
  const others = [
    ['the user', user(ANN)],
    ['an editor', operator('editor')],
    ['a key that writes data', key({ scope: 'data:write' }, { scope: 'data:read' })],
  ] as const

  test.each(others)('%s cannot give them another one', async (_, actor) => {
    const call = api.as(actor)
    const email = 'mallory@example.com'
    const data = { email, name: 'Ann' }
    expect((await call('PATCH', path, data)).status).toBe(403)
    expect((await call('PUT', path, data)).status).toBe(403)
    for (const op of ['update', 'upsert']) {
      const operations = [{ op, collection: 'users', id: ANN, data }]
      expect((await call('POST', '/batch', { operations })).status).toBe(403)
    }
    expect((await api.system('GET', path)).body).toMatchObject({ email: 'ann@example.com', verified: true })
  })

  test.each(others)('%s may write the rest, and repeat it', async (name, actor) => {
    const response = await api.as(actor)('PATCH', path, { name, email: ' ANN@example.com' })
    expect([response.status, response.body]).toMatchObject([200, { name, email: 'ann@example.com' }])
  })

  test.each([
    ['an owner', operator('owner')],
    ['an admin', operator('admin')],
    ['an admin key', key({ scope: 'admin' })],
    // As over the admin API: a key for the users manages them.
    ['an admin key for users alone', key({ scope: 'admin', collections: ['users'] })],
  ] as const)('%s may change it', async (_, actor) => {
    const call = api.as(actor)
    expect((await call('PATCH', path, { email: 'new@example.com' })).body.email).toBe('new@example.com')
    expect((await call('PATCH', path, { email: 'ann@example.com' })).body.email).toBe('ann@example.com')
  })

  test.each(others.slice(1))('%s may make users, with any', async (name, actor) => {
    const email = `${name.replaceAll(' ', '')}@example.com`
    expect((await api.as(actor)('POST', '/collections/users', { email })).body).toMatchObject({
      email,
      verified: false,
    })
  })
})
