import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createApi, createKey, createProject, runKoyalite, startServer, type TempProject } from '@koyalite/testkit'

setDefaultTimeout(120_000)

const SCHEMA = `version: 1
collections:
  notes:
    fields:
      id: { type: int, primary: true }
      text: { type: text }
  tags:
    fields:
      id: { type: uuid, primary: true }
      name: { type: string, unique: true }
`
const PAGE = 4096
const POINTERS = 8
const DAMAGED = 1000
const tag = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`

let project: TempProject
let key: string
let sound: Buffer
beforeAll(async () => {
  project = createProject({ schema: SCHEMA })
  key = await createKey(project)
  const lines = (row: (n: number) => object) =>
    Array.from({ length: 2000 }, (_, n) => JSON.stringify(row(n))).join('\n')
  project.write(
    'notes.ndjson',
    lines((id) => ({ id, text: `note ${id} ${'x'.repeat(100)}` })),
  )
  project.write(
    'tags.ndjson',
    lines((n) => ({ id: tag(n), name: `tag ${n}` })),
  )
  for (const name of ['notes', 'tags']) {
    expect((await koyalite('db', 'import', name, `${name}.ndjson`)).code).toBe(0)
  }
  sound = readFileSync(project.path('data/koyalite.db'))
})
afterAll(() => project.remove())

function koyalite(...args: readonly string[]) {
  return runKoyalite([...args, '--dir', project.dir], { cwd: project.dir })
}

type Damage = (bytes: Buffer, pointers: readonly number[], page: number) => void

/** The page of the database that holds a text, with its cell pointers changed. */
function damage(text: string, change: Damage): void {
  const bytes = Buffer.from(sound)
  const page = Math.floor(bytes.indexOf(text) / PAGE) * PAGE
  const count = bytes.readUInt16BE(page + 3)
  change(
    bytes,
    Array.from({ length: count }, (_, index) => page + POINTERS + 2 * index),
    page,
  )
  for (const suffix of ['-wal', '-shm']) rmSync(`${project.path('data/koyalite.db')}${suffix}`, { force: true })
  writeFileSync(project.path('data/koyalite.db'), bytes)
}

const DAMAGES: Readonly<Record<string, Damage>> = {
  'point nowhere': (bytes, pointers) => {
    for (const at of pointers) bytes.writeUInt16BE(0, at)
  },
  'point behind the page': (bytes, pointers) => {
    for (const at of pointers) bytes.writeUInt16BE(0xffff, at)
  },
  'all point to the first cell': (bytes, pointers) => {
    for (const at of pointers) bytes.writeUInt16BE(sound.readUInt16BE(pointers[0] ?? 0), at)
  },
  'stand in the wrong order': (bytes, pointers) => {
    const values = pointers.map((at) => sound.readUInt16BE(at)).toReversed()
    for (const [index, at] of pointers.entries()) bytes.writeUInt16BE(values[index] ?? 0, at)
  },
  'point into the middle of cells': (bytes, pointers) => {
    for (const at of pointers) bytes.writeUInt16BE(sound.readUInt16BE(at) + 3, at)
  },
}

describe('cell pointers of a table', () => {
  for (const [name, change] of Object.entries(DAMAGES)) {
    test(`that ${name}: every access is a 503, again and again; nothing is written or copied`, async () => {
      damage(`note ${DAMAGED} `, change)
      const server = await startServer(project)
      const api = createApi(server.url, key)
      const path = `/api/collections/notes/${DAMAGED}`
      const requests = [
        ['GET', {}],
        ['DELETE', {}],
        ['PATCH', { json: { text: 'new' } }],
        ['PUT', { json: { id: DAMAGED, text: 'new' } }],
        ['DELETE', {}],
        ['PUT', { json: { id: DAMAGED, text: 'new' } }],
        ['GET', {}],
      ] as const
      for (const [method, init] of requests) {
        const { status, body } = await api.request(method, path, init)
        expect([method, status, body?.error?.code]).toEqual([method, 503, 'UNAVAILABLE'])
      }
      // What is not damaged is served, and what is not there is not found.
      expect((await api.get('/api/collections/notes/1')).status).toBe(200)
      expect((await api.get('/api/collections/notes/1000000')).status).toBe(404)
      expect((await api.get(`/api/collections/tags/${tag(5)}`)).status).toBe(200)
      expect(await server.kill('SIGTERM')).toBe(0)
      expect(server.output().match(/is damaged \(/g)).toHaveLength(1)
      await server.said('koyalite doctor')
      for (const args of [
        ['db', 'backup', '--to', 'copy.tar'],
        ['db', 'dump', 'all.sql'],
        ['db', 'dump', 'notes.out.ndjson', '--collection', 'notes'],
      ]) {
        const { code, stderr } = await koyalite(...args)
        expect([args.join(' '), code]).toEqual([args.join(' '), 1])
        expect(stderr).toMatch(/The database is damaged: page \d+ of table notes/)
        expect(stderr).toContain('koyalite db restore')
        expect(existsSync(project.path(args[2] ?? ''))).toBe(false)
        expect(existsSync(project.path('copy.tar'))).toBe(false)
      }
      const doctor = await koyalite('doctor')
      expect(doctor.stdout + doctor.stderr).toMatch(/page \d+ of table notes/)
    })
  }
})

describe('an index that disagrees with its table', () => {
  test('is a 503 for what it should lead to, whichever of the two has lost it', async () => {
    // The first page of that text that is an index: its keys are found by it alone.
    damage(tag(DAMAGED), (bytes) => {
      for (let page = 0; page < bytes.length; page += PAGE) {
        const isIndexLeaf = bytes[page] === 10
        if (!isIndexLeaf || !bytes.subarray(page, page + PAGE).includes(tag(DAMAGED))) continue
        const count = bytes.readUInt16BE(page + 3)
        for (let index = 0; index < count; index++) {
          bytes.writeUInt16BE(
            sound.readUInt16BE(page + POINTERS + 2 * (count - 1 - index)),
            page + POINTERS + 2 * index,
          )
        }
      }
    })
    const server = await startServer(project)
    const api = createApi(server.url, key)
    for (const method of ['GET', 'DELETE', 'GET'] as const) {
      const { status } = await api.request(method, `/api/collections/tags/${tag(DAMAGED)}`)
      expect([method, status]).toEqual([method, 503])
    }
    expect((await api.get(`/api/collections/tags/${tag(1_999_999)}`)).status).toBe(404)
    expect(await server.kill('SIGTERM')).toBe(0)
  })
})
