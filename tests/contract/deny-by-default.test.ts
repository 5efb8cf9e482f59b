import { beforeAll, describe, expect, test } from 'bun:test'
import { createApi, createKey, expectError, expectStatus, runKoyalite, useServer } from '@koyalite/testkit'

const FIELDS =
  '{ id: { type: uuid, primary: true, default: auto }, text: { type: string }, owner: { type: string, nullable: true } }'
const server = useServer({
  schema: `
version: 1
collections:
  silent:
    fields: ${FIELDS}
  half:
    fields: ${FIELDS}
    rules: { read: "true" }
  conditional:
    fields: ${FIELDS}
    rules:
      create: "auth.id != null"
      read:   "doc.owner == 'nobody'"
      update: "doc.text == 'x'"
      delete: "false"
  open:
    fields: ${FIELDS}
    rules: { create: "true", read: "true", update: "true", delete: "true" }
  refers:
    fields:
      id:        { type: uuid, primary: true, default: auto }
      silent_id: { type: uuid, references: silent.id }
    rules: { read: "true" }
`,
})
const documents: Record<string, string> = {}

beforeAll(async () => {
  for (const collection of ['silent', 'half', 'conditional', 'open']) {
    documents[collection] = expectStatus(
      await server.api.post(`/api/collections/${collection}`, { text: 'hidden words' }),
      201,
    ).body.id
  }
  documents.refers = expectStatus(
    await server.api.post('/api/collections/refers', { silent_id: documents.silent }),
    201,
  ).body.id
})
const at = (collection: string) => `/api/collections/${collection}/${documents[collection]}`

describe('a collection without rules', () => {
  test('is closed to anonymous callers on every route', async () => {
    const calls = [
      await server.anonymous.list('silent'),
      await server.anonymous.post('/api/collections/silent', { text: 'x' }),
      await server.anonymous.post('/api/collections/silent', [{ text: 'x' }]),
      await server.anonymous.post('/api/batch', {
        operations: [{ op: 'create', collection: 'silent', data: { text: 'x' } }],
      }),
    ]
    for (const response of calls) {
      expectError(response, 'UNAUTHENTICATED')
      expect(response.text).not.toContain('hidden')
    }
    for (const response of [
      await server.anonymous.get(at('silent')),
      await server.anonymous.patch(at('silent'), { text: 'x' }),
      await server.anonymous.put(at('silent'), { text: 'x' }),
      await server.anonymous.delete(at('silent')),
    ]) {
      expectError(response, 'NOT_FOUND')
      expect(response.text).not.toContain('hidden')
    }
    expectStatus(await server.api.get(at('silent')), 200)
  })

  test('existing and missing documents are indistinguishable', async () => {
    const missing = '/api/collections/silent/0190a5f0-7b1c-7def-8abc-0123456789ab'
    const [there, not] = [await server.anonymous.get(at('silent')), await server.anonymous.get(missing)]
    expect([there.status, there.body.error.code]).toEqual([not.status, not.body.error.code])
  })

  test('is open to a service key', async () => {
    expect(expectStatus(await server.api.list('silent'), 200).body.docs.length).toBe(1)
  })

  test('stays closed through references: expand, filter, sort and where see nothing', async () => {
    const expanded = expectStatus(await server.anonymous.get(`${at('refers')}?expand=silent`), 200)
    expect(expanded.body.silent).toBeNull()
    expect(expanded.text).not.toContain('hidden')
    const found = await server.anonymous.list('refers', { filter: 'silent.text:eq:hidden words' })
    expect(found.status === 200 ? found.body.docs : []).toEqual([])
    const where = await server.anonymous.list('refers', { where: "doc.silent.text == 'hidden words'" })
    expect(where.status === 200 ? where.body.docs : []).toEqual([])
  })
})

describe('only the literal "true" opens', () => {
  test('its own operation, and no other', async () => {
    expectStatus(await server.anonymous.list('half'), 200)
    expectStatus(await server.anonymous.get(at('half')), 200)
    expectError(await server.anonymous.post('/api/collections/half', { text: 'x' }), 'UNAUTHENTICATED')
    expectError(await server.anonymous.patch(at('half'), { text: 'x' }), 'UNAUTHENTICATED')
    expectError(await server.anonymous.delete(at('half')), 'UNAUTHENTICATED')
    expectError(await server.anonymous.put(at('half'), { text: 'x' }), 'UNAUTHENTICATED')
    expect((await server.api.get(at('half'))).body.text).toBe('hidden words')
  })

  test('a condition that anonymous callers do not meet stays closed', async () => {
    expectError(await server.anonymous.post('/api/collections/conditional', { text: 'x' }), 'UNAUTHENTICATED')
    const list = await server.anonymous.list('conditional')
    expect(list.text).not.toContain('hidden')
    expectError(await server.anonymous.get(at('conditional')), 'NOT_FOUND')
    expectError(await server.anonymous.delete(at('conditional')), 'NOT_FOUND')
  })

  test('an open collection takes everything from everyone', async () => {
    const made = expectStatus(await server.anonymous.post('/api/collections/open', { text: 'x' }), 201).body
    const path = `/api/collections/open/${made.id}`
    expectStatus(await server.anonymous.patch(path, { text: 'y' }), 200)
    expectStatus(await server.anonymous.put(path, { text: 'z' }), 200)
    expectStatus(await server.anonymous.delete(path), 204)
  })

  test('a batch is all or nothing here too', async () => {
    const before = (await server.api.list('open', { count: true })).body.total
    const operations = [
      { op: 'create', collection: 'open', data: { text: 'x' } },
      { op: 'create', collection: 'half', data: { text: 'x' } },
    ]
    const response = await server.anonymous.post('/api/batch', { operations })
    expectError(response, 'UNAUTHENTICATED')
    expect(response.body.error.operation).toBe(1)
    expect((await server.api.list('open', { count: true })).body.total).toBe(before)
  })
})

describe('service keys', () => {
  test('a key created while the server runs works at once; a revoked one stops at once', async () => {
    const made = await runKoyalite(['keys', 'create', '--json', '--dir', server.project.dir])
    const key: { id: string; key: string; scopes: unknown } = JSON.parse(made.stdout)
    expect(key.key).toStartWith('kl_')
    expect(JSON.stringify(key.scopes)).toContain('admin')
    const api = createApi(server.process.url, key.key)
    expectStatus(await api.list('silent'), 200)
    const listed = await runKoyalite(['keys', 'list', '--json', '--dir', server.project.dir])
    expect(listed.stdout).toContain(key.id)
    expect(listed.stdout).not.toContain(key.key)
    expect((await runKoyalite(['keys', 'revoke', key.id, '--dir', server.project.dir])).code).toBe(0)
    expectError(await api.list('silent'), 'UNAUTHENTICATED')
  })

  test('a read key cannot write on any route', async () => {
    const reader = createApi(server.process.url, await createKey(server.project, 'data:read'))
    expectStatus(await reader.list('silent'), 200)
    for (const response of [
      await reader.post('/api/collections/silent', { text: 'x' }),
      await reader.put(at('silent'), { text: 'x' }),
      await reader.patch(at('silent'), { text: 'x' }),
      await reader.delete(at('silent')),
      await reader.post('/api/batch', { operations: [{ op: 'delete', collection: 'silent', id: documents.silent }] }),
    ]) {
      expectError(response, 'FORBIDDEN')
    }
  })

  test('a write key cannot read what the rules close', async () => {
    const writer = createApi(server.process.url, await createKey(server.project, 'data:write'))
    const made = expectStatus(await writer.post('/api/collections/silent', { text: 'written' }), 201)
    expect(made.body).toEqual({ id: made.body.id })
    expectError(await writer.list('silent'), 'FORBIDDEN')
  })

  test('a key with other scopes has no access to documents', async () => {
    const logs = createApi(server.process.url, await createKey(server.project, 'logs'))
    expectError(await logs.list('silent'), 'FORBIDDEN')
    expectError(await logs.post('/api/collections/silent', { text: 'x' }), 'FORBIDDEN')
    expectStatus(await logs.list('half'), 200)
  })

  test('keys are stored hashed: the database does not hold them', async () => {
    const files = [...new Bun.Glob('data/**/*').scanSync({ cwd: server.project.dir })]
    for (const file of files) {
      if (/-shm$|\.sock$/.test(file)) continue
      // A copy made by another process: opening the live file here would do no harm, but it would be a bad example.
      const copy = Bun.spawnSync(['cat', server.project.path(file)]).stdout
      expect(copy.includes(server.key), file).toBe(false)
    }
  })
})
