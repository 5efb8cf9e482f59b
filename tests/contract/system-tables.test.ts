import { Database } from 'bun:sqlite'
import { afterAll, expect, setDefaultTimeout, test } from 'bun:test'
import { createApi, createKey, createProject, expectStatus, startServer } from '@koyalite/testkit'
import { BLOG } from '../fixtures/schemas'

setDefaultTimeout(60_000)
const project = createProject({ schema: BLOG })
afterAll(() => project.remove())

const TABLES = [
  '_koyalite_tables',
  '_koyalite_columns',
  '_koyalite_rls_policies',
  '_koyalite_definitions',
  '_koyalite_functions',
  '_koyalite_migrations',
  '_koyalite_changes',
]

test('the system tables exist, and the change log has every write in commit order', async () => {
  const key = await createKey(project)
  const server = await startServer(project)
  const api = createApi(server.url, key)
  const made = expectStatus(await api.post('/api/collections/authors', { name: 'Ann' }), 201).body
  expectStatus(await api.patch(`/api/collections/authors/${made.id}`, { name: 'Bob' }), 200)
  expectStatus(await api.delete(`/api/collections/authors/${made.id}`), 204)
  expect(await server.kill('SIGTERM')).toBe(0)

  // The server is dead: only then may another process open its file like this.
  const database = new Database(project.path('data/koyalite.db'), { readonly: true })
  const names = database
    .query<{ name: string }, []>("SELECT name FROM sqlite_master WHERE name LIKE '\\_koyalite%' ESCAPE '\\'")
    .all()
  expect(names.map((row) => row.name)).toEqual(expect.arrayContaining(TABLES))
  for (const table of TABLES) database.query(`SELECT * FROM ${table}`).all()
  const changes = database
    .query<{ collection: string; op: string; doc_id: string }, []>(
      'SELECT collection, op, doc_id FROM _koyalite_changes ORDER BY seq',
    )
    .all()
    .filter((change) => change.collection === 'authors')
  expect(changes.map((change) => change.op)).toEqual(['insert', 'update', 'delete'])
  expect(new Set(changes.map((change) => change.doc_id))).toEqual(new Set([made.id]))
  expect(JSON.stringify(database.query('SELECT * FROM _koyalite_tables').all())).toContain('posts')
  expect(JSON.stringify(database.query('SELECT * FROM _koyalite_columns').all())).toContain('view_count')
  database.close()
})
