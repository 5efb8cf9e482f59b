import { beforeAll, describe, expect, test } from 'bun:test'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { type ApiResponse, expectError, expectStatus, until, useServer } from '@koyalite/testkit'

const SCHEMA = `version: 1
collections:
  books: { fields: { id: { type: int, primary: true, default: auto }, title: { type: string } } }
`
const options = { schema: SCHEMA, settings: 'name: library\nbackups: { dir: kept }\n' } as const

describe('uploads of backups, several at once', () => {
  const server = useServer(options)
  let archive: Uint8Array<ArrayBuffer>
  let made: { readonly name: string; readonly path: string }
  beforeAll(async () => {
    expectStatus(await server.api.post('/api/collections/books', { title: 'one' }), 201)
    made = expectStatus(await server.api.post('/api/admin/backups', {}), 201).body
    const url = `${server.process.url}/api/admin/backups/${made.name}/download`
    archive = new Uint8Array(
      await (await fetch(url, { headers: { authorization: `Bearer ${server.key}` } })).arrayBuffer(),
    )
  })

  const begin = async (name: string, bytes = archive.length): Promise<string> =>
    expectStatus(await server.api.post('/api/admin/backups/uploads', { name, bytes }), 201).body.id
  const send = (id: string, offset: number, bytes: Uint8Array<ArrayBuffer>) =>
    server.api.request('PUT', `/api/admin/backups/uploads/${id}?offset=${offset}`, {
      headers: { 'content-type': 'application/octet-stream' },
      raw: bytes,
    })
  const finish = (id: string) => server.api.post(`/api/admin/backups/uploads/${id}/finish`, {})
  const stateOf = (id: string) => server.api.get(`/api/admin/backups/uploads/${id}`)
  const statuses = (all: readonly ApiResponse[]) => all.map(({ status }) => status).toSorted()
  const names = async (): Promise<string[]> =>
    expectStatus(await server.api.get('/api/admin/backups'), 200).body.backups.map((one: { name: string }) => one.name)
  const parts = () => readdirSync(join(server.project.path('kept'), '.uploads.part-'))

  test('of the same piece at once one is taken, and what is there is one of them whole', async () => {
    const id = await begin('pieces.tar')
    const half = archive.length >> 1
    const other = new Uint8Array(half).fill(7)
    const sent = await Promise.all([send(id, 0, archive.subarray(0, half)), send(id, 0, other), send(id, 0, other)])
    expect(statuses(sent)).toEqual([200, 409, 409])
    expect(expectStatus(await stateOf(id), 200).body.received).toBe(half)
    const stored = readFileSync(join(server.project.path('kept'), '.uploads.part-', id))
    expect([archive.subarray(0, half), other].some((one) => stored.equals(one))).toBe(true)
    expectStatus(await server.api.delete(`/api/admin/backups/uploads/${id}`), 204)
    expect(parts()).toEqual([])
  })

  test('an upload is finished once, while pieces, cancels and finishes come at the same time', async () => {
    const id = await begin('once.tar')
    expectStatus(await send(id, 0, archive), 200)
    const all = await Promise.all([
      finish(id),
      finish(id),
      send(id, archive.length, new Uint8Array(1)),
      server.api.delete(`/api/admin/backups/uploads/${id}`),
      finish(id),
    ])
    expect(statuses(all)[0]).toBe(201)
    for (const { status } of all) expect([201, 400, 404, 409]).toContain(status)
    expect((await names()).filter((name) => name === 'once.tar')).toHaveLength(1)
    expect(expectStatus(await server.api.post('/api/admin/backups/once.tar/verify', {}), 200).body.ok).toBe(true)
    expect(parts()).toEqual([])
  })

  test('of two files of one name one gets it, and the other takes nothing away', async () => {
    const [first, second] = [await begin('twin.tar'), await begin('twin.tar')]
    for (const id of [first, second]) expectStatus(await send(id, 0, archive), 200)
    expect(statuses(await Promise.all([finish(first), finish(second)]))).toEqual([201, 409])
    expect(expectStatus(await server.api.post('/api/admin/backups/twin.tar/verify', {}), 200).body.ok).toBe(true)
    expectError(await server.api.post('/api/admin/backups/uploads', { name: 'twin.tar', bytes: 1 }), 'CONFLICT')
  })

  test('one that is cut off goes on where it was, after a restart too', async () => {
    const id = await begin('cut.tar')
    const gone = new AbortController()
    const slow = new ReadableStream<Uint8Array>({
      async pull(controller) {
        controller.enqueue(archive.subarray(0, 1000))
        await Bun.sleep(20)
      },
    })
    const cut = fetch(`${server.process.url}/api/admin/backups/uploads/${id}?offset=0`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${server.key}`, 'content-type': 'application/octet-stream' },
      body: slow,
      signal: gone.signal,
    }).catch(() => null)
    await Bun.sleep(200)
    gone.abort()
    await cut
    expect(expectStatus(await stateOf(id), 200).body.received).toBe(0)
    expectStatus(await send(id, 0, archive.subarray(0, 5000)), 200)
    await server.restart('SIGKILL')
    expect(expectStatus(await stateOf(id), 200).body.received).toBe(5000)
    expectStatus(await send(id, 5000, archive.subarray(5000)), 200)
    expectStatus(await finish(id), 201)
  })

  test('two restores at once, and what would take away what one needs', async () => {
    const path = (name: string) => `/api/admin/backups/${name}/restore`
    const restores = [made.name, 'once.tar', made.name].map((name) =>
      server.api.post(path(name), { confirm: 'library' }),
    )
    const deleting = server.api.delete('/api/admin/backups/once.tar')
    const [done, removed] = [await Promise.all(restores), await deleting]
    // Either it was gone before it was to be restored, or it stays while a restore needs it.
    expect([204, 409]).toContain(removed.status)
    expect(statuses(done)[0]).toBe(202)
    for (const { status } of done.filter((one) => one.status !== 202)) expect([404, 409]).toContain(status)
    expect(done.filter(({ status }) => status === 202)).toHaveLength(1)
    const { before } = done.find(({ status }) => status === 202)?.body ?? {}
    await until(async () => {
      const { status, body } = await server.api.get('/api/admin/backups').catch(() => ({ status: 0, body: null }))
      return status === 200 && body.last_restore?.before === before.name
    })
    expect(await names()).toContain(before.name)
    expect((await server.api.list('books')).body.docs).toEqual([{ id: 1, title: 'one' }])
    expect(existsSync(server.project.path('data/koyalite.db.restore'))).toBe(false)
    // The next one can begin.
    expectStatus(await server.api.post(path(before.name), { confirm: 'library' }), 202)
  })
})

describe('links in the folder of backups', () => {
  const server = useServer(options)
  const kept = (name: string) => join(server.project.path('kept'), name)
  let outside: string

  test('are no backups: they are not listed, read, restored, downloaded, deleted, nor followed by doctor', async () => {
    expectStatus(await server.api.post('/api/collections/books', { title: 'one' }), 201)
    const { name, path } = expectStatus(await server.api.post('/api/admin/backups', {}), 201).body
    outside = server.project.path('outside')
    mkdirSync(outside)
    renameSync(path, join(outside, 'real'))
    symlinkSync(join(outside, 'real'), path)
    symlinkSync(join(outside, 'real', 'koyalite.db'), kept('link.db'))
    symlinkSync(join(outside, 'real', 'manifest.json'), kept('link.db.json'))
    symlinkSync('/etc', kept('etc'))
    symlinkSync(kept('circle'), kept('circle'))
    expect(expectStatus(await server.api.get('/api/admin/backups'), 200).body.backups).toEqual([])
    for (const one of [name, 'link.db', 'etc', 'circle', 'outside', '../outside/real']) {
      const at = `/api/admin/backups/${encodeURIComponent(one)}`
      expectStatus(await server.api.get(`${at}/download`), 404)
      expectStatus(await server.api.get(`${at}/restore`), 404)
      expectStatus(await server.api.post(`${at}/restore`, { confirm: 'library' }), 404)
      expectStatus(await server.api.post(`${at}/verify`, {}), 404)
      expectStatus(await server.api.delete(at), 404)
    }
    expect(existsSync(join(outside, 'real', 'koyalite.db'))).toBe(true)
    expectStatus(await server.api.get('/api/admin/doctor'), 200)
    await server.api.post('/api/admin/backups', { keep: 1 })
    expect(existsSync(join(outside, 'real', 'koyalite.db'))).toBe(true)
  })

  test('a backup with links in the place of its files is damaged, and shows nothing of what they lead to', async () => {
    const secret = server.project.path('secret.txt')
    writeFileSync(secret, 'SECRET OF THE MACHINE')
    const { name, path } = expectStatus(await server.api.post('/api/admin/backups', {}), 201).body
    renameSync(join(path, 'koyalite.db'), join(path, 'moved'))
    copyFileSync(join(path, 'moved'), server.project.path('copied.db'))
    renameSync(join(path, 'moved'), server.project.path('moved'))
    symlinkSync(server.project.path('copied.db'), join(path, 'koyalite.db'))
    symlinkSync(secret, join(path, 'keys', 'extra'))
    symlinkSync('/etc', join(path, 'files'))
    const at = `/api/admin/backups/${name}`
    expect(expectStatus(await server.api.post(`${at}/verify`, {}), 200).body.ok).toBe(false)
    const download = await fetch(`${server.process.url}${at}/download`, {
      headers: { authorization: `Bearer ${server.key}` },
    })
    expect(await download.text()).not.toContain('SECRET OF THE MACHINE')
    const refused = await server.api.post(`${at}/restore`, { confirm: 'library' })
    expect(expectStatus(refused, 400).body.error.message).toContain('Nothing was changed')
    expectStatus(await server.api.delete(at), 204)
    expect([existsSync(path), readFileSync(secret, 'utf8'), existsSync('/etc/passwd')]).toEqual([
      false,
      'SECRET OF THE MACHINE',
      true,
    ])
    const { entries } = expectStatus(await server.api.get('/api/admin/audit?event=backup.deleted'), 200).body
    expect(entries[0].target).toMatchObject({ kind: 'backup', name: path })
  })

  test('a project file that is a link is no part of a backup', async () => {
    mkdirSync(server.project.path('data/files'), { recursive: true })
    symlinkSync('/etc/hostname', server.project.path('data/files/host'))
    const { path } = expectStatus(await server.api.post('/api/admin/backups', {}), 201).body
    expect(existsSync(join(path, 'files', 'host'))).toBe(false)
  })
})
