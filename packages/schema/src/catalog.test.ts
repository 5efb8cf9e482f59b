import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { CATALOG_TABLES, catalogRows, DEFINITIONS_TABLE } from './catalog'
import { parseSchema } from './parse-schema'
import { EVERYTHING } from './testing/example-schemas'

test('the system tables hold the rows of a schema', () => {
  const result = parseSchema(EVERYTHING, { file: 's' })
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  const database = new Database(':memory:')
  const statements = [...Object.values(CATALOG_TABLES), DEFINITIONS_TABLE]
  for (const statement of [...statements, ...statements]) database.run(statement)
  for (const [table, rows] of Object.entries(catalogRows(result.schema))) {
    for (const row of rows) {
      const columns = Object.keys(row).map((column) => `"${column}"`)
      const marks = columns.map(() => '?').join(', ')
      database.query(`INSERT INTO "${table}" (${columns.join(', ')}) VALUES (${marks})`).run(...Object.values(row))
    }
  }
  const select = (sql: string) => database.query(sql).values()
  expect(select('SELECT collection, primary_key, built_in FROM _koyalite_tables')).toEqual([
    ['users', 'id', 1],
    ['posts', 'id', 0],
  ])
  expect(
    select(`SELECT type, data_type, column_default, references_collection, on_delete, validation FROM _koyalite_columns
      WHERE collection = 'posts' AND field IN ('id', 'author_id', 'score') ORDER BY ordinal_position`),
  ).toEqual([
    ['int', 'INTEGER', 'auto', null, null, '{}'],
    ['uuid', 'TEXT', null, 'users', 'cascade', '{}'],
    ['float', 'REAL', '0', null, null, '{"min":0,"max":100}'],
  ])
  expect(
    select('SELECT name, operation, effect, using_expression, check_expression FROM _koyalite_rls_policies'),
  ).toEqual([
    ['', 'create', 'permit', 'auth.id != null && doc.author_id == auth.id', null],
    ['only_verified', 'create', 'restrict', 'auth.verified == true', null],
    ['publish', 'update', 'permit', "old.status == 'draft'", "doc.status == 'published'"],
  ])
  expect(select('SELECT * FROM _koyalite_definitions')).toEqual([
    ['is_author', '["post"]', 'post.author_id == auth.id'],
  ])
})
