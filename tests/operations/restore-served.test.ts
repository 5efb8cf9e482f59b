import { describe, expect, test } from 'bun:test'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { type Api, createApi, expectStatus, runKoyalite, type TestServer, until, useServer } from '@koyalite/testkit'
import { createOperators } from '../fixtures/operators'

const SCHEMA = `version: 1
collections:
  books:
    fields:
      id: { type: uuid, primary: true, default: auto }
      title: { type: string, nullable: true }
`
const options = { command: 'dev', files: { 'koyalite.yaml': 'name: library\n' }, schema: SCHEMA } as const

/** Waits for the server to be back after it has put a backup in place. */
async function restored(server: TestServer, before: string): Promise<void> {
  await until(async () => {
    const { status, body } = await server.api.get('/api/admin/backups').catch(() => ({ status: 0, body: null }))
    return status === 200 && body.last_restore?.before === before
  })
}

async function titles(api: Api): Promise<readonly string[]> {
  const { docs } = expectStatus(await api.list('books', { sort: 'title' }), 200).body
  return docs.map(({ title }: { readonly title: string }) => title)
}

describe('a backup is restored by a running server', () => {
  const server = useServer(options)

  test('data goes back; operators, their sign-ins, keys and the audit log stay; it can be undone', async () => {
    const [owner] = await createOperators(server)
    const { api } = server
    const create = (title: string) => api.post('/api/collections/books', { title })
    const { id: kept } = expectStatus(await create('kept'), 201).body
    const { id: deleted } = expectStatus(await create('deleted later'), 201).body
    const backup = expectStatus(await api.post('/api/admin/backups', {}), 201).body
    expectStatus(await api.delete(`/api/collections/books/${deleted}`), 204)
    expectStatus(await api.patch(`/api/collections/books/${kept}`, { title: 'renamed later' }), 200)
    expectStatus(await create('created later'), 201)
    // Somebody who is there since, and a key that is good no longer.
    const late = { email: 'late@example.com', password: 'correct horse battery 9' }
    expectStatus(await (owner?.api ?? api).post('/api/admin/operators', { ...late, role: 'viewer' }), 201)
    const { access_token } = expectStatus(await server.anonymous.post('/api/admin/login', late), 200).body
    const revoked = expectStatus(await api.post('/api/admin/keys', { name: 'old', scopes: [{ scope: 'admin' }] }), 201)
    expectStatus(await api.delete(`/api/admin/keys/${revoked.body.id}`), 204)
    const path = `/api/admin/backups/${backup.name}/restore`

    const effect = expectStatus(await api.get(path), 200).body
    expect(effect.collections).toEqual([{ collection: 'books', returned: 1, lost: 1, undone: 1 }])
    expect(effect.schema_differs).toBe(false)
    expectStatus(await api.post(path, { confirm: 'books' }), 422)
    const { before } = expectStatus(await api.post(path, { confirm: 'library' }), 202).body
    await restored(server, before.name)

    expect(await titles(api)).toEqual(['deleted later', 'kept'])
    expectStatus(await createApi(server.process.url, access_token).get('/api/admin/backups'), 403)
    expectStatus(await server.anonymous.get('/api/admin/collections', { headers: owner?.headers ?? {} }), 200)
    expectStatus(await createApi(server.process.url, revoked.body.key).get('/api/admin/backups'), 401)
    const audit = expectStatus(await api.get('/api/admin/audit?limit=50'), 200).body
    const events = audit.entries.map(({ event }: { readonly event: string }) => event)
    expect(events).toContain('database.restored')
    expect(events).toContain('key.revoked')
    expect(expectStatus(await api.get('/api/admin/audit/verify'), 200).body.ok).toBe(true)

    expectStatus(await api.post(`/api/admin/backups/${before.name}/restore`, { confirm: 'library' }), 202)
    await until(async () => (await titles(api).catch((): readonly string[] => [])).includes('created later'))
    expect(await titles(api)).toEqual(['created later', 'renamed later'])
    expect(expectStatus(await api.get('/api/admin/audit/verify'), 200).body.ok).toBe(true)
  })

  test('one that cannot be used changes nothing', async () => {
    const { api, project } = server
    const backup = expectStatus(await api.post('/api/admin/backups', {}), 201).body
    writeFileSync(`${backup.path}/koyalite.db`, Buffer.alloc(8192, 7))
    const refused = await api.post(`/api/admin/backups/${backup.name}/restore`, { confirm: 'library' })
    expect(expectStatus(refused, 400).body.error.message).toContain('Nothing was changed')
    expect(existsSync(project.path('data/koyalite.db.restore'))).toBe(false)
    expect(await titles(api)).toContain('created later')
    expectStatus(await api.post('/api/admin/backups/nothing/restore', { confirm: 'library' }), 404)
  })
})

describe('a backup that cannot be served', () => {
  const server = useServer({ ...options, command: 'start' })

  test('is not served: what was there before is put back', async () => {
    const { api, project } = server
    for (const title of ['twice', 'twice']) expectStatus(await api.post('/api/collections/books', { title }), 201)
    const backup = expectStatus(await api.post('/api/admin/backups', {}), 201).body
    const [first] = expectStatus(await api.list('books'), 200).body.docs
    expectStatus(await api.patch(`/api/collections/books/${first.id}`, { title: 'once' }), 200)
    // From now on what the backup holds would break a rule of the schema, and `start` serves nothing that it cannot migrate.
    writeFileSync(project.path('schema.yaml'), SCHEMA.replace('nullable: true', 'nullable: true, unique: true'))
    for (const command of [
      ['create', 'titles'],
      ['apply', '--yes'],
    ]) {
      const { code, stderr } = await runKoyalite(['migrate', ...command, '--dir', project.dir])
      expect([code, stderr]).toEqual([0, stderr])
    }

    const answer = await api.post(`/api/admin/backups/${backup.name}/restore`, { confirm: 'library' })
    expectStatus(answer, 202)
    await until(async () => {
      const { body } = await api.get('/api/admin/backups').catch(() => ({ body: null }))
      return body?.last_restore?.problem !== undefined
    })
    expect(await titles(api)).toEqual(['once', 'twice'])
    await server.process.said('what was there before is put back')
  })
})

describe('a backup file is uploaded in pieces', () => {
  const server = useServer(options)

  test('goes on where it was cut off, and is verified', async () => {
    const { api } = server
    expectStatus(await api.post('/api/collections/books', { title: 'from afar' }), 201)
    const backup = expectStatus(await api.post('/api/admin/backups', {}), 201).body
    const response = await fetch(`${server.process.url}/api/admin/backups/${backup.name}/download`, {
      headers: { authorization: `Bearer ${server.key}` },
    })
    const file = new Uint8Array(await response.arrayBuffer())
    const declared = { name: 'from-afar.tar', bytes: file.length }
    const { id } = expectStatus(await api.post('/api/admin/backups/uploads', declared), 201).body
    const send = (offset: number, end: number) =>
      api.request('PUT', `/api/admin/backups/uploads/${id}?offset=${offset}`, {
        raw: file.slice(offset, end),
        headers: { 'content-type': 'application/octet-stream' },
      })
    expect(expectStatus(await send(0, 5000), 200).body.received).toBe(5000)
    expectStatus(await send(4000, 6000), 409)
    expectStatus(await api.post(`/api/admin/backups/uploads/${id}/finish`, {}), 409)
    const { received } = expectStatus(await api.get(`/api/admin/backups/uploads/${id}`), 200).body
    expectStatus(await send(received, file.length), 200)
    const made = expectStatus(await api.post(`/api/admin/backups/uploads/${id}/finish`, {}), 201).body
    expect(made).toMatchObject({ name: 'from-afar.tar', form: 'tar', seq: backup.seq })
    expect(expectStatus(await api.post('/api/admin/backups/from-afar.tar/verify', {}), 200).body.ok).toBe(true)
    expectStatus(await api.post('/api/admin/backups/uploads', declared), 409)
  })

  test('one that is damaged is refused, and leaves nothing', async () => {
    const { api, project } = server
    const declared = { name: 'nonsense.tar', bytes: 6 }
    const { id } = expectStatus(await api.post('/api/admin/backups/uploads', declared), 201).body
    const raw = new TextEncoder().encode('foobar')
    const headers = { 'content-type': 'application/octet-stream' }
    expectStatus(await api.request('PUT', `/api/admin/backups/uploads/${id}?offset=0`, { raw, headers }), 200)
    expectStatus(await api.post(`/api/admin/backups/uploads/${id}/finish`, {}), 400)
    expectStatus(await api.get(`/api/admin/backups/uploads/${id}`), 404)
    expect(readdirSync(project.path('data/backups')).filter((name) => name.includes('nonsense'))).toEqual([])
    for (const name of ['../up.tar', 'a/b.tar', 'x.zip', '.tar', '']) {
      expectStatus(await api.post('/api/admin/backups/uploads', { name, bytes: 1 }), 422)
    }
  })
})
