import { Database } from 'bun:sqlite'
import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { createProject, runKoyalite } from '@koyalite/testkit'
import { type AdoptionPlace, adoptionPlace, tableHashes } from './testing/adopted-project'

setDefaultTimeout(60_000)

let place: AdoptionPlace
beforeEach(() => {
  place = adoptionPlace()
})
afterEach(() => place.remove())

const ODD = `CREATE TABLE odd (id INTEGER PRIMARY KEY, t TEXT, r REAL, j JSON, b BLOB, n INTEGER);
  INSERT INTO odd VALUES (1, 'plain', 1.5, '{"a":[750727362669608961,1.10]}', x'00ff', 9007199254740993);
  INSERT INTO odd VALUES (2, 'größe ☃ 😀', 0.1, NULL, NULL, 1);`
const BROKEN = `${ODD}
  INSERT INTO odd VALUES (3, CAST(x'61ff62' AS TEXT), 9e999, NULL, NULL, 1);
  INSERT INTO odd VALUES (4, CAST(x'6100ff' AS TEXT), -9e999, NULL, NULL, 1);
  INSERT INTO odd VALUES (5, CAST(x'efbfbd' AS TEXT), 1, NULL, NULL, 1);
  INSERT INTO odd VALUES (6, CAST(x'c3a9eda080' AS TEXT), 1, NULL, NULL, 1);`

function makeFile(sql: string): void {
  using database = new Database(place.file('app.db'))
  database.exec(sql)
}
const dump = (file: string, format: string, ...more: readonly string[]) =>
  runKoyalite(['db', 'dump', place.file(file), '--format', format, '--dir', place.project.dir, ...more])

describe.each(['UTF-8', 'UTF-16le', 'UTF-16be'])('a dump as SQL of a database in %s', (encoding) => {
  test('has every value as it is, also texts that are no Unicode', async () => {
    makeFile(`PRAGMA encoding='${encoding}'; ${encoding === 'UTF-8' ? BROKEN : ODD}`)
    await place.adopt('app.db')
    expect(await dump('all.sql', 'sql')).toMatchObject({ code: 0, stderr: '' })
    using loaded = new Database(place.file('loaded.db'))
    loaded.exec(readFileSync(place.file('all.sql'), 'utf8'))
    loaded.close()
    const original = tableHashes(place.project.path('data/koyalite.db')).get('odd')
    expect(tableHashes(place.file('loaded.db')).get('odd')).toBe(original as string)
    const texts = (name: string) => {
      using database = new Database(name, { readonly: true })
      return database.query('SELECT id, hex(CAST(t AS BLOB)), quote(r), j, hex(b), CAST(n AS TEXT) FROM odd').values()
    }
    expect(texts(place.file('loaded.db'))).toEqual(texts(place.project.path('data/koyalite.db')))
  })
})

test('dumps of documents name what they cannot hold, and db import refuses it', async () => {
  makeFile(BROKEN)
  await place.adopt('app.db')
  for (const format of ['ndjson', 'csv']) {
    const { code, stderr } = await dump(`odd.${format}`, format)
    expect(code).toBe(0)
    expect(stderr).toContain('Document 3: odd.t is a text that is not valid UTF-8')
    expect(stderr).toContain('Document 4: odd.t')
    expect(stderr).not.toContain('Document 5')
    expect(stderr).toContain('--format sql')
    using other = new Database(place.project.path('data/koyalite.db'))
    other.exec(`UPDATE odd SET t = 'x' WHERE id IN (3, 4, 6)`)
    expect((await dump(`infinite.${format}`, format, '--collection', 'odd')).stderr).toContain(
      'Document 3: odd.r is infinite',
    )
    other.exec(`UPDATE odd SET t = CAST(x'ff' AS TEXT) WHERE id IN (3, 4)`)
  }
  const project = createProject({
    schema: `version: 1
collections:
  odd:
    fields:
      id: { type: int, primary: true }
      t: { type: text }
      r: { type: float }
      j: { type: json, nullable: true }
      b: { type: blob, nullable: true }
      n: { type: int }
`,
  })
  for (const format of ['ndjson', 'csv']) {
    const run = await runKoyalite(['db', 'import', 'odd', place.file(`odd.${format}`), '--dir', project.dir])
    expect(run.code).toBe(1)
    expect(run.stderr).toContain(format === 'csv' ? ':2 ' : ':1 ')
    expect(run.stderr).toContain('j.a.0 is 750727362669608961')
  }
  const infinite = '{"id":1,"t":"x","r":9.0e+999,"j":null,"b":null,"n":1}\n'
  project.write('odd.ndjson', infinite)
  const run = await runKoyalite(['db', 'import', 'odd', project.path('odd.ndjson'), '--dir', project.dir])
  expect(run).toMatchObject({ code: 1, stderr: expect.stringContaining(':1 r is 9.0e+999') })
  project.remove()
})

test('stored json that a write does not touch stays as it is, to the letter', async () => {
  makeFile(ODD)
  await place.adopt('app.db')
  await place.serve(async (api) => {
    using other = new Database(place.project.path('data/koyalite.db'))
    const stored = () => other.query('SELECT j FROM odd WHERE id = 1').values()[0]?.[0]
    const path = '/api/collections/odd/1'
    expect((await api.patch(path, { t: 'changed' })).status).toBe(200)
    expect(stored()).toBe('{"a":[750727362669608961,1.10]}')
    other.exec(`UPDATE odd SET j = ' [750727362669608961, 1.10 ,{"x": -0, "x": 1e400}]' WHERE id = 1`)
    expect((await api.patch(path, { j: { $push: { y: 1 } } })).status).toBe(200)
    expect(stored()).toBe('[750727362669608961, 1.10 ,{"x": -0, "x": 1e400},{"y":1}]')
    expect((await api.patch(path, { j: { $pull: 1.1 } })).status).toBe(200)
    expect((await api.get(path)).text).toContain('"j":[750727362669608961,{"x":-0,"x":1e400},{"y":1}]')
    expect((await api.patch(path, { n: { $inc: -9 } })).status).toBe(422)
  })
})
