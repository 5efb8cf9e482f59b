import { describe, expect, test } from 'bun:test'
import type { Sql } from '@koyalite/contracts'
import { connect } from '../driver/connection'
import { StatementCache } from '../driver/statement-cache'
import { QueryBounds } from './query-bounds'
import { startRun } from './run-cost'

const connection = connect({ path: ':memory:', mode: 'write' })
connection.exec(`
  CREATE TABLE big (id INTEGER PRIMARY KEY, a, b);
  CREATE INDEX big_a ON big (a);
  CREATE TABLE wide (id TEXT PRIMARY KEY, a) WITHOUT ROWID;
  CREATE TABLE huge (id INTEGER PRIMARY KEY, a);
  CREATE TABLE ranked (id TEXT PRIMARY KEY, rank, a) WITHOUT ROWID;
  CREATE INDEX ranked_rank ON ranked (rank);
  CREATE TABLE small (id INTEGER PRIMARY KEY, a);
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6000) INSERT INTO big SELECT i, i % 100, i FROM n;
  INSERT INTO wide SELECT id, a FROM big;
  INSERT INTO ranked SELECT id, b / 3, a FROM big;
  INSERT INTO huge SELECT id * 1000000, a FROM big;
  INSERT INTO small SELECT id, a FROM big WHERE id < 100;
`)
const statements = new StatementCache(connection)

/** The plan does not depend on the values, but the driver wants one for each `?`. */
function bare(text: string): Sql {
  return { text, params: Array.from(text.matchAll(/\?/g), () => 1) }
}

const BOUNDED = [
  'SELECT 1',
  'SELECT * FROM big WHERE id = ?',
  'SELECT * FROM big WHERE a = ? LIMIT 10',
  'SELECT * FROM big ORDER BY id LIMIT 50',
  'SELECT * FROM big AS b ORDER BY a LIMIT 50',
  'SELECT * FROM big WHERE a = ? ORDER BY a, b LIMIT 10',
  'SELECT * FROM big WHERE a > ? ORDER BY a, b LIMIT 10',
  'WITH x AS MATERIALIZED (SELECT id FROM big WHERE a > ? ORDER BY a, b LIMIT 9) SELECT * FROM x CROSS JOIN big AS b USING (id)',
  'SELECT * FROM small WHERE a > ? ORDER BY a',
  'SELECT small.id, (SELECT count(*) FROM small) FROM small',
  "SELECT value FROM json_each('[1,2]')",
  'VALUES (1), (2)',
]

const UNBOUNDED = [
  'SELECT count(*) FROM big',
  'SELECT * FROM big WHERE b = ? LIMIT 10',
  'SELECT * FROM big AS small ORDER BY b LIMIT 10',
  'SELECT * FROM big WHERE a = ? ORDER BY b LIMIT 10',
  'SELECT * FROM big ORDER BY a, b LIMIT 10',
  'SELECT * FROM big WHERE b > ? ORDER BY a, b LIMIT 10',
  'SELECT max(b) FROM big LIMIT 1',
  'SELECT * FROM small, big WHERE big.b = small.a',
  'SELECT DISTINCT b FROM big LIMIT 3',
  'SELECT * FROM big ORDER BY id LIMIT 10 OFFSET 100000',
  'WITH x AS (SELECT b FROM big) SELECT * FROM x WHERE b > 3',
  'SELECT count(*) FROM wide',
]

describe('query bounds', () => {
  for (const text of BOUNDED) {
    test(`Q1 bounded: ${text}`, () => expect(new QueryBounds(statements).isBounded(bare(text))).toBe(true))
  }
  for (const text of UNBOUNDED) {
    test(`Q2 not bounded: ${text}`, () => expect(new QueryBounds(statements).isBounded(bare(text))).toBe(false))
  }

  test.each([
    ['SELECT * FROM big ORDER BY b LIMIT 9', true],
    ['SELECT * FROM big WHERE a = ? ORDER BY b', true],
    ['SELECT b, count(*) FROM big GROUP BY b', true],
    ['SELECT * FROM big ORDER BY a, b LIMIT 9', false],
    ['SELECT * FROM big WHERE a = ? ORDER BY a, b, id DESC', false],
    ['SELECT * FROM big WHERE a > ? ORDER BY a DESC', false],
    ['SELECT * FROM big', false],
  ])('%s sorts more than ties: %p', (text, expected) => {
    expect(new QueryBounds(statements).sorts(bare(text))).toBe(expected)
  })

  test('Q1 a scan of a moderate table may run here when it has proved fast, of a huge one only what stops early', () => {
    const bounds = new QueryBounds(statements)
    for (const [text, promoted] of [
      ['SELECT * FROM big WHERE b = ?', true],
      ['SELECT * FROM huge WHERE a = ?', false],
      ['SELECT * FROM ranked ORDER BY rank, a LIMIT 9', true],
      ['SELECT * FROM ranked WHERE a > ? ORDER BY rank, a LIMIT 9', false],
      ['SELECT count(*) FROM wide', false],
    ] as const) {
      expect(bounds.isBounded(bare(text))).toBe(false)
      for (let run = 0; run < 5; run++) bounds.learn(text, 1)
      expect(bounds.isBounded(bare(text))).toBe(promoted)
    }
  })

  test('Q11 what is asked about the size of a table does not grow with it', () => {
    const asked = new Set<string>()
    class Recording extends StatementCache {
      override get(text: string) {
        asked.add(text)
        return super.get(text)
      }
    }
    const recording = new Recording(connection)
    for (const text of UNBOUNDED) new QueryBounds(recording).isBounded(bare(text))
    const ofTables = [...asked].filter((text) => !/^EXPLAIN|sqlite_schema|pragma_|"(?:wide|ranked)"/.test(text))
    expect(ofTables.length).toBeGreaterThan(0)
    for (const text of ofTables) {
      const plan = connection.prepare(`EXPLAIN QUERY PLAN ${text}`).raw(true).all([])
      const scans = plan.filter((row) => String(row[3]).startsWith('SCAN big') && !/LIMIT \d+/.test(text))
      expect(scans, text).toEqual([])
    }
  })

  test('Q1 what an index finds in a huge table must prove fast first, unless it is one row', () => {
    connection.exec(`
      CREATE TABLE vast (id INTEGER PRIMARY KEY, a, u, t TEXT);
      CREATE INDEX vast_a ON vast (a);
      CREATE UNIQUE INDEX vast_u ON vast (u);
      CREATE UNIQUE INDEX vast_t ON vast (t, a);
      INSERT INTO vast SELECT id * 1000, a, id, 'a' || id FROM big`)
    const bounds = new QueryBounds(statements)
    for (const text of [
      'SELECT * FROM vast WHERE id = ?',
      'SELECT * FROM vast WHERE u = ?',
      'SELECT * FROM vast WHERE t = ? AND a = ?',
      'SELECT * FROM big WHERE a = ?',
      'SELECT * FROM vast ORDER BY a LIMIT 5',
    ])
      expect(bounds.isBounded(bare(text)), text).toBe(true)
    for (const text of [
      'SELECT * FROM vast AS v WHERE v.a = ?',
      'SELECT count(*) FROM vast WHERE a = ?',
      'SELECT * FROM vast WHERE u > ?',
      'SELECT * FROM vast WHERE t = ?',
    ]) {
      expect(bounds.isBounded(bare(text)), text).toBe(false)
      for (let run = 0; run < 5; run++) bounds.learn(text, 1)
      expect(bounds.isBounded(bare(text)), text).toBe(true)
    }
  })

  test('Q1 a table of few rows is large where they are', () => {
    connection.exec(`
      CREATE TABLE long (id INTEGER PRIMARY KEY, "a""b" TEXT, b BLOB);
      INSERT INTO long VALUES (1, '', NULL), (2, NULL, zeroblob(1000000))`)
    const text = 'SELECT * FROM long WHERE b LIKE ?'
    expect(new QueryBounds(statements).isBounded(bare(text))).toBe(true)
    connection.exec('UPDATE long SET "a""b" = replace(hex(zeroblob(2000000)), \'0\', \'x\')')
    expect(new QueryBounds(statements).isBounded(bare(text))).toBe(false)
  })

  test('Q1 a table of very many columns of texts can be measured', () => {
    const columns = Array.from({ length: 1990 }, (_, i) => `c${i} TEXT`)
    connection.exec(`CREATE TABLE columns (${columns.join(', ')}); INSERT INTO columns (c0, c1989) VALUES ('a', 'b')`)
    expect(new QueryBounds(statements).isBounded(bare('SELECT c0 FROM columns WHERE c1989 = ?'))).toBe(true)
    connection.exec(`UPDATE columns SET c1989 = replace(hex(zeroblob(2000000)), '00', 'long')`)
    expect(new QueryBounds(statements).isBounded(bare('SELECT c0 FROM columns WHERE c1989 = ?'))).toBe(false)
  })

  test('Q1 a condition that goes through long texts many times is not bounded in a table of few bytes', () => {
    connection.exec(`CREATE TABLE text (id INTEGER PRIMARY KEY, body TEXT)`)
    connection.exec(`INSERT INTO text (body) VALUES (printf('%.*c', 1000000, 'a'))`)
    const ask = (condition: string, times: number) =>
      new QueryBounds(statements).isBounded(
        bare(`SELECT id FROM text WHERE ${Array.from({ length: times }, () => condition).join(' OR ')}`),
      )
    for (const condition of [
      "instr(body, 'b') > 0",
      "body LIKE '%b'",
      "substr(body, -1, 1) = 'b'",
      "lower(body) = 'b'",
      "json_extract(body, '$.a') = 1",
      "body ->> 'a' = 1",
    ])
      expect([condition, ask(condition, 4), ask(condition, 40)]).toEqual([condition, true, false])
    expect(ask("body = 'b'", 200)).toBe(true)
    connection.exec('DROP TABLE text')
  })

  test('Q2 a slow statement goes to a process for a while, longer each time, and must prove fast again', () => {
    let now = 1000
    const bounds = new QueryBounds(statements, () => now)
    const text = 'SELECT * FROM big WHERE id = ?'
    const proveFast = () => {
      for (let run = 0; run < 5; run++) bounds.learn(text, 1)
    }
    expect(bounds.isBounded(bare(text))).toBe(true)
    bounds.learn(text, 25)
    expect(bounds.isBounded(bare(text))).toBe(false)
    proveFast()
    expect(bounds.isBounded(bare(text))).toBe(false)
    now += 60_001
    expect(bounds.isBounded(bare(text))).toBe(true)
    bounds.learn(text, 25)
    proveFast()
    now += 60_001
    expect(bounds.isBounded(bare(text))).toBe(false)
    now += 60_001
    expect(bounds.isBounded(bare(text))).toBe(true)
  })

  test('Q2 one that has proved fast is forgiven once, unless it was very slow', () => {
    const bounds = new QueryBounds(statements)
    const forgiven = bare('SELECT * FROM big WHERE id = ?')
    const verySlow = bare('SELECT b FROM big WHERE id = ?')
    const run = ({ text }: Sql, ...took: readonly number[]) => {
      for (const ms of took) bounds.learn(text, ms)
    }
    expect([bounds.isBounded(forgiven), bounds.isBounded(verySlow)]).toEqual([true, true])
    for (let round = 0; round < 3; round++) {
      run(forgiven, 1, 1, 1, 1, 1, 25)
      expect(bounds.isBounded(forgiven)).toBe(true)
    }
    run(forgiven, 1, 25)
    expect(bounds.isBounded(forgiven)).toBe(false)
    run(verySlow, 1, 1, 1, 1, 1, 400)
    expect(bounds.isBounded(verySlow)).toBe(false)
  })

  test('Q2 slow again after a long time is slow for the first time', () => {
    let now = 1000
    const bounds = new QueryBounds(statements, () => now)
    const text = 'SELECT * FROM big WHERE id = ?'
    const slow = () => {
      bounds.isBounded(bare(text))
      bounds.learn(text, 25)
      for (let run = 0; run < 5; run++) bounds.learn(text, 1)
    }
    slow()
    now += 60_001 + 3_600_000
    slow()
    now += 60_001
    expect(bounds.isBounded(bare(text))).toBe(true)
  })

  test('Q2 waiting is not what a run costs', () => {
    const nobody = new Int32Array(new SharedArrayBuffer(4))
    const cost = startRun()
    Atomics.wait(nobody, 0, 0, 40)
    expect(cost()).toBeLessThan(20)
  })

  test('a table that grows is noticed', () => {
    let now = 0
    const growing = connect({ path: ':memory:', mode: 'write' })
    growing.exec('CREATE TABLE t (id INTEGER PRIMARY KEY, a)')
    const bounds = new QueryBounds(new StatementCache(growing), () => now)
    const text = 'SELECT * FROM t WHERE a = 1'
    expect(bounds.isBounded(bare(text))).toBe(true)
    growing.exec(
      'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6000) INSERT INTO t SELECT i, i FROM n',
    )
    now += 6000
    expect(bounds.isBounded(bare(text))).toBe(false)
  })
})
