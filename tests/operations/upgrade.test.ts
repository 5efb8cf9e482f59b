import { Database } from 'bun:sqlite'
import { afterAll, expect, setDefaultTimeout, test } from 'bun:test'
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createApi, createProject, expectStatus, runKoyalite, startServer, type TempProject } from '@koyalite/testkit'

setDefaultTimeout(60_000)

/** The schema of fixtures/koyalite-0.1.0.sql: a database that version 0.1.0 made, as text. */
const SCHEMA = `version: 1
collections:
  notes:
    fields:
      id: { type: int, primary: true, default: auto }
      text: { type: string }
      owner_id: { type: uuid, references: users.id, nullable: true }
    rules: { create: "auth.id != null", read: "doc.owner_id == auth.id", update: "doc.owner_id == auth.id", delete: "doc.owner_id == auth.id" }
`
/** A service key that 0.1.0 made. */
const KEY = 'kl_YM3o94QjIFB1aN3b8XameK8Q8fOfIlUnqQxbNSrw2oU'
const BOB = { email: 'bob@example.com', password: 'correct horse battery' }

const projects: TempProject[] = []
afterAll(() => {
  for (const project of projects) project.remove()
})

function newProject({ of, schema = SCHEMA }: { of: '0.1.0' | null; schema?: string }): TempProject {
  const project = createProject({ schema })
  projects.push(project)
  if (of === null) return project
  mkdirSync(project.path('data'))
  const text = readFileSync(join(import.meta.dir, '../fixtures/koyalite-0.1.0.sql'), 'utf8')
  inDatabase(project, (database) => database.run(text))
  return project
}

/** Only while no server runs. */
function inDatabase<T>(project: TempProject, work: (database: Database) => T): T {
  const database = new Database(project.path('data/koyalite.db'))
  try {
    return work(database)
  } finally {
    database.close()
  }
}

const systemObjects = (project: TempProject) =>
  inDatabase(project, (database) =>
    database
      .query<{ name: string; sql: string }, []>(
        `SELECT "name", "sql" FROM sqlite_schema WHERE "name" GLOB '_koyalite_*' AND "sql" IS NOT NULL ORDER BY "name"`,
      )
      .all(),
  )

test('a database of 0.1.0 goes on: people, keys, documents, the audit log, and tables like those of a new one', async () => {
  const fresh = newProject({ of: null })
  const first = await startServer(fresh)
  expect(await first.kill('SIGTERM')).toBe(0)
  const old = newProject({ of: '0.1.0' })
  // Its signing keys lie beside it, so that it is no copy; which ones they are does not matter here.
  mkdirSync(old.path('data/keys'), { mode: 0o700 })
  copyFileSync(fresh.path('data/keys/access-tokens.json'), old.path('data/keys/access-tokens.json'))
  for (let start = 0; start < 2; start++) {
    const server = await startServer(old)
    const login = expectStatus(await createApi(server.url).post('/api/auth/login', BOB), 200)
    const notes = expectStatus(await createApi(server.url, login.body.access_token).list('notes'), 200)
    expect(notes.body.docs).toMatchObject([{ id: 1, text: 'of 0.1.0' }])
    expect(expectStatus(await createApi(server.url, KEY).list('notes'), 200).body.docs).toHaveLength(2)
    const verified = await runKoyalite(['audit', 'verify', '--dir', old.dir])
    expect(verified).toMatchObject({ code: 0 })
    expect(await server.kill('SIGTERM')).toBe(0)
  }
  expect(systemObjects(old)).toEqual(systemObjects(fresh))
})

test('its tables follow the version also where the schema is held back', async () => {
  const old = newProject({ of: '0.1.0', schema: SCHEMA.replace('      text: { type: string }\n', '') })
  const listed = await runKoyalite(['users', 'list', '--dir', old.dir])
  expect(listed.code).toBe(0)
  const versions = inDatabase(old, (database) =>
    database.query<{ service: string }, []>('SELECT "service" FROM "_koyalite_versions"').all(),
  )
  expect(versions.map(({ service }) => service).sort()).toEqual([
    'audit',
    'auth',
    'data',
    'events',
    'functions',
    'jobs',
    'mail',
    'migrations',
    'observe',
    'operations',
    'schedules',
    'studio',
    'webhooks',
  ])
})

test('a database of a newer version is refused, and stays as it is', async () => {
  const project = newProject({ of: null })
  const server = await startServer(project)
  expect(await server.kill('SIGTERM')).toBe(0)
  inDatabase(project, (database) =>
    database.run(`UPDATE "_koyalite_versions" SET "version" = 99 WHERE "service" = 'mail'`),
  )
  for (const command of ['start', 'doctor', 'users list']) {
    const { code, stderr, stdout } = await runKoyalite([...command.split(' '), '--dir', project.dir])
    expect(code).not.toBe(0)
    expect(stderr + stdout).toContain('this database was written by a newer version of KoyaLite (mail 99 instead of 6)')
  }
  const left = inDatabase(project, (database) =>
    database
      .query<{ version: number }, []>(`SELECT "version" FROM "_koyalite_versions" WHERE "service" = 'mail'`)
      .get(),
  )
  expect(left).toEqual({ version: 99 })
})
