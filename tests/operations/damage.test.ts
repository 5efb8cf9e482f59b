import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createApi, createKey, runKoyalite, startServer, useProjects } from '@koyalite/testkit'

setDefaultTimeout(120_000)

const SCHEMA = `version: 1
collections:
  notes:
    fields:
      id: { type: int, primary: true }
      text: { type: text }
  tags:
    fields:
      id: { type: int, primary: true }
      name: { type: string }
`
const projects = useProjects({ schema: SCHEMA })

async function filled(count: number) {
  const project = projects.create()
  const key = await createKey(project)
  const rows = Array.from({ length: count }, (_, id) => JSON.stringify({ id, text: `note ${id} ${'x'.repeat(1000)}` }))
  project.write('notes.ndjson', rows.join('\n'))
  const koyalite = (...args: readonly string[]) => runKoyalite([...args, '--dir', project.dir], { cwd: project.dir })
  expect(await koyalite('db', 'import', 'notes', 'notes.ndjson')).toMatchObject({ code: 0 })
  project.write('tags.ndjson', '{"id":1,"name":"a"}\n')
  expect(await koyalite('db', 'import', 'tags', 'tags.ndjson')).toMatchObject({ code: 0 })
  return { project, key, koyalite }
}

describe('docs/operations.md: the database is damaged', () => {
  test('reads of what is damaged are refused, doctor names it, a backup brings it back', async () => {
    const { project, key, koyalite } = await filled(2000)
    expect(await koyalite('db', 'backup')).toMatchObject({ code: 0 })
    const file = project.path('data/koyalite.db')
    const bytes = readFileSync(file)
    const page = Math.floor(bytes.indexOf('note 1000 ') / 4096)
    bytes.fill(0xa5, page * 4096, (page + 1) * 4096)
    writeFileSync(file, bytes)
    const server = await startServer(project)
    const api = createApi(server.url, key)
    expect((await api.get('/api/collections/notes/1')).status).toBe(200)
    const damaged = await api.get('/api/collections/notes/1000')
    expect(damaged.status).toBe(503)
    expect(damaged.body.error).toMatchObject({ code: 'UNAVAILABLE', message: 'the server cannot read its storage' })
    const written = await api.request('PATCH', '/api/collections/notes/1000', { json: { text: 'new' } })
    expect(written.status).toBe(503)
    const doctor = await koyalite('doctor', '--json')
    expect(doctor.code).toBe(1)
    const { findings } = JSON.parse(doctor.stdout)
    const integrity = findings.find(({ check }: { check: string }) => check === 'integrity')
    expect(integrity.level).toBe('problem')
    expect(integrity.advice).toContain('koyalite db restore')
    // What is not damaged can be saved; a dump that meets the damage leaves nothing that looks whole.
    const saved = await koyalite('db', 'dump', 'saved.ndjson', '--collection', 'tags')
    expect(saved).toMatchObject({ code: 0 })
    expect(readFileSync(project.path('saved.ndjson'), 'utf8')).toBe('{"id":1,"name":"a"}\n')
    for (const args of [['notes.dump.ndjson', '--collection', 'notes'], ['all.sql'], ['all/', '--format', 'csv']]) {
      const broken = await koyalite('db', 'dump', ...args)
      expect([args[0], broken.code]).toEqual([args[0], 1])
      expect(broken.stderr).toStartWith('error: ')
      expect(existsSync(project.path(args[0] ?? ''))).toBe(false)
    }
    // A copy of the damage is no backup, and pushes none away.
    expect((await koyalite('db', 'backup', '--keep', '1')).code).toBe(1)
    expect(await server.kill('SIGTERM')).toBe(0)
    const { backups } = JSON.parse((await koyalite('db', 'backups', '--json')).stdout)
    expect(backups).toHaveLength(1)
    expect(await koyalite('db', 'restore', backups[0].name, '--yes')).toMatchObject({ code: 0 })
    const again = await startServer(project)
    expect((await createApi(again.url, key).get('/api/collections/notes/1000')).status).toBe(200)
    expect(await again.kill('SIGTERM')).toBe(0)
  })

  test('what another program changed behind our back is named', async () => {
    const { project, koyalite } = await filled(10)
    const { Database } = await import('bun:sqlite')
    const other = new Database(project.path('data/koyalite.db'))
    other.exec(`DROP TRIGGER _koyalite_insert_notes; ALTER TABLE notes RENAME COLUMN text TO words;
      INSERT INTO _koyalite_cursors VALUES ('search', 1, 'broken', 0)`)
    other.close()
    const { findings } = JSON.parse((await koyalite('doctor', '--json')).stdout)
    const problems = findings.filter(({ level }: { level: string }) => level === 'problem')
    expect(problems.map(({ check, message }: { check: string; message: string }) => [check, message])).toEqual([
      ['schema', 'the tables do not match schema.yaml: notes is missing the column text'],
      ['change log', expect.stringContaining('missing or changed on notes')],
      ['consumers', expect.stringContaining('search fell so far behind')],
    ])
    for (const { advice } of problems) expect(advice).toEqual(expect.any(String))
  })
})

const hasShell = Bun.which('sqlite3') !== null

describe('docs/operations.md: the WAL is very large', () => {
  test.skipIf(!hasShell)(
    'a reader that does not end keeps it; doctor and stats show it, nothing is lost (needs sqlite3)',
    async () => {
      const { project, key, koyalite } = await filled(10)
      const server = await startServer(project)
      const api = createApi(server.url, key)
      const reader = Bun.spawn(['sqlite3', project.path('data/koyalite.db')], { stdin: 'pipe', stdout: 'pipe' })
      reader.stdin.write('BEGIN; SELECT count(*) FROM notes;\n')
      await reader.stdin.flush()
      expect(new TextDecoder().decode((await reader.stdout.getReader().read()).value)).toBe('10\n')
      const text = 'x'.repeat(100_000)
      for (let batch = 0; batch < 24; batch++) {
        const documents = Array.from({ length: 20 }, (_, n) => ({ id: 1000 + batch * 20 + n, text }))
        expect((await api.post('/api/collections/notes', documents)).status).toBe(201)
      }
      const wal = project.path('data/koyalite.db-wal')
      expect(statSync(wal).size).toBeGreaterThan(40_000_000)
      await server.kill('SIGKILL')
      reader.kill('SIGKILL')
      await reader.exited
      // Recovery reads the whole WAL; a clean stop leaves none.
      const again = await startServer(project)
      expect((await createApi(again.url, key).list('notes', { count: true, limit: 1, fields: 'id' })).body.total).toBe(
        490,
      )
      expect(await again.kill('SIGTERM')).toBe(0)
      expect(existsSync(wal)).toBe(false)
      expect(
        JSON.parse((await koyalite('doctor', '--json')).stdout).findings.map(({ level }: { level: string }) => level),
      ).not.toContain('problem')
    },
  )
})

describe('docs/operations.md: the clock goes backwards', () => {
  test('the order of changes is that of seq, and nothing is refused or lost', async () => {
    const { project, key } = await filled(0)
    const env = {
      BUN_OPTIONS: `--preload ${new URL('./clock-back.ts', import.meta.url).pathname}`,
      CLOCK_BACK: project.path('back'),
    }
    const server = await startServer(project, { env })
    const api = createApi(server.url, key)
    const seqs: number[] = []
    const create = async (id: number) => {
      const { status, headers } = await api.post('/api/collections/notes', { id, text: 'x' })
      expect(status).toBe(201)
      seqs.push(Number(headers.get('koyalite-seq')?.split('.')[1]))
    }
    const errorTime = async () => Date.parse((await api.get('/api/nothing')).body.error.timestamp)
    await create(1)
    const before = await errorTime()
    project.write('back', '')
    expect(await errorTime()).toBeLessThan(before - 3_000_000)
    await create(2)
    await create(3)
    expect(seqs).toEqual([...seqs].sort((a, b) => a - b))
    expect(new Set(seqs).size).toBe(3)
    expect(await server.kill('SIGTERM')).toBe(0)
    const again = await startServer(project, { env })
    const { body } = await createApi(again.url, key).list('notes')
    expect(body.docs.map(({ id }: { id: number }) => id)).toEqual([1, 2, 3])
    expect(await again.kill('SIGTERM')).toBe(0)
  })
})
