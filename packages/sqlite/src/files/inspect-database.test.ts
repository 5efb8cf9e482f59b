import { expect, test } from 'bun:test'
import { readdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { connect } from '../driver/connection'
import { tempFolder } from '../testing/temp-folder'
import { copyForeignFile } from './copy-foreign-file'
import { inspectDatabase } from './inspect-database'

const SCRIPT = `CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT, "Odd Name" TEXT DEFAULT 'x', n NUMERIC NOT NULL, g AS (n * 2));
  CREATE TABLE b (x, y INT, z TEXT REFERENCES a ("Odd Name") ON DELETE CASCADE, PRIMARY KEY (x, y)) WITHOUT ROWID;
  CREATE UNIQUE INDEX a_name ON a ("Odd Name"); CREATE UNIQUE INDEX part ON b (y DESC, lower(z)) WHERE y > 1;
  CREATE VIEW v AS SELECT 1; CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END;
  INSERT INTO a ("Odd Name", n) VALUES ('{"a":1}', 1), ('2024-05-06T07:08:09.123Z', 1.5), ('0190163d-8694-739b-aea5-966c26f8ad91', 'text'),
    ('ann@example.com', X'00'), (NULL, 9007199254740993)`

test('a file of another program is described, with what is really in its columns', () => {
  using folder = tempFolder()
  const path = folder.file('a.db')
  const other = connect({ path, mode: 'write' })
  other.exec(SCRIPT)
  other.close()
  const info = inspectDatabase(path)
  expect(info).toMatchObject({ views: ['v'], triggers: [{ name: 't', table: 'a' }], damage: [] })
  const [a, b] = info.tables
  expect(a).toMatchObject({
    name: 'a',
    kind: 'table',
    autoincrement: true,
    withoutRowid: false,
    rows: 5,
    brokenReferences: 0,
  })
  expect(a?.columns).toMatchObject([
    { name: 'id', declared: 'INTEGER', key: 1, generated: false },
    {
      ...{ name: 'Odd Name', default: "'x'", notNull: false, key: 0 },
      values: { nulls: 1, texts: 4, json: 1, timestamps: 1, uuids: 1, addresses: 1 },
    },
    {
      name: 'n',
      notNull: true,
      values: { nulls: 0, integers: 2, reals: 1, texts: 1, blobs: 1, bits: 1, beyondSafe: 1 },
    },
    { name: 'g', generated: true },
  ])
  expect(b).toMatchObject({
    ...{ name: 'b', withoutRowid: true, columns: [{ key: 1 }, { key: 2 }, { key: 0 }] },
    references: [{ columns: ['z'], table: 'a', to: ['Odd Name'], onDelete: 'CASCADE', onUpdate: 'NO ACTION' }],
  })
  expect(b?.indexes.find(({ name }) => name === 'part')).toEqual({
    ...{ name: 'part', unique: true, origin: 'index', partial: true },
    columns: [
      { name: 'y', descending: true },
      { name: null, descending: false },
    ],
  })
})

test('a copy has all that is committed, also what lies in the WAL, and leaves the original alone', async () => {
  using folder = tempFolder()
  const path = folder.file('a.db')
  const other = connect({ path, mode: 'write' })
  other.exec(SCRIPT)
  await copyForeignFile(path, folder.file('used.db'))
  other.exec('DELETE FROM a WHERE id = 1')
  other.close()
  await copyForeignFile(path, folder.file('idle.db'))
  expect(readdirSync(dirname(path)).sort()).toEqual(['a.db', 'idle.db', 'used.db'])
  const rows = (file: string) => inspectDatabase(folder.file(file)).tables[0]?.rows
  expect([rows('used.db'), rows('idle.db')]).toEqual([5, 4])
})
