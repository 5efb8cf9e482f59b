import { Database } from 'bun:sqlite'
import { afterEach, beforeEach, expect, setDefaultTimeout, test } from 'bun:test'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { databaseFileKind, recodeFile } from '@koyalite/sqlite'
import { adoptProject } from './adopt-project'
import { openProject } from './project'

setDefaultTimeout(60_000)

let folder: string
let from: string
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'koyalite-adopt-'))
  from = join(folder, 'secret.db')
  const plain = join(folder, 'plain.db')
  using database = new Database(plain)
  database.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT); INSERT INTO t (x) VALUES ('a'), ('b')")
  database.close()
  await recodeFile({ from: plain, key: undefined, to: from, newKey: 'the key' })
  writeFileSync(join(folder, 'key'), 'the key\n')
})
afterEach(() => {
  delete process.env.ADOPTION_TEST_KEY
  rmSync(folder, { recursive: true, force: true })
})

const refusal = (key?: string) =>
  adoptProject({ from, dir: join(folder, 'app'), key }).then(
    () => '',
    (error: Error) => error.message,
  )

test('an encrypted file is adopted with its key, which the copy keeps', async () => {
  const before = readFileSync(from)
  const dir = join(folder, 'app')
  const { collections, encrypted } = await adoptProject({ from, dir, key: `file:${join(folder, 'key')}` })
  expect({ collections, encrypted }).toMatchObject({ collections: [{ name: 't', documents: 2 }], encrypted: true })
  expect(readFileSync(from).equals(before)).toBe(true)
  expect(databaseFileKind(join(dir, 'data/koyalite.db'))).toBe('opaque')
  writeFileSync(
    join(dir, 'schema.yaml'),
    'version: 1\ncollections:\n  t:\n    fields: { id: { type: int, primary: true, default: auto }, x: { type: text, nullable: true } }\n',
  )
  writeFileSync(join(dir, 'koyalite.yaml'), `database: { encryption_key: "file:${join(folder, 'key')}" }\n`)
  const project = await openProject({ dir })
  expect(project.database.all({ text: 'SELECT x FROM t ORDER BY id', params: [] })).toEqual([['a'], ['b']])
  await project.close()
})

test('a wrong, a missing and an unneeded key are told apart, and nothing is left behind', async () => {
  process.env.ADOPTION_TEST_KEY = 'another key'
  expect(await refusal()).toContain('and no key is set')
  expect(await refusal('env:ADOPTION_TEST_KEY')).toContain('cannot be read with this key')
  expect(await refusal('env:ADOPTION_TEST_NOTHING')).toContain('ADOPTION_TEST_NOTHING is not set')
  expect(await refusal('the key')).toContain('never the key itself')
  from = join(folder, 'plain.db')
  expect(await refusal('env:ADOPTION_TEST_KEY')).toContain('is not encrypted')
  expect(existsSync(join(folder, 'app'))).toBe(false)
})
