import { Database } from 'bun:sqlite'
import { describe, expect, test } from 'bun:test'
import { runSteps, schemaOf } from '../testing/migration-database'
import { planTables } from './plan-tables'
import { parseTable, printTable } from './table-definition'

const parents = 'parents: { fields: { id: { type: int, primary: true }, n: { type: int, unique: true } } }'
const schema = (fields: string) =>
  schemaOf(`version: 1\ncollections: { ${parents}, t: { fields: { id: { type: int, primary: true }, ${fields} } } }`)

/** The definition that a table of others has after a change of its fields. */
function changed(sql: string, from: string, to: string, more = ''): string {
  using database = new Database(':memory:')
  database.run('CREATE TABLE parents (id INTEGER PRIMARY KEY, n INT UNIQUE)')
  for (const statement of [sql, ...more.split(';').filter((part) => part.trim() !== '')]) database.run(statement)
  runSteps(database, planTables(schema(from), schema(to)))
  const [[text] = []] = database.query(`SELECT sql FROM sqlite_schema WHERE name = 't'`).values()
  expect(database.query('PRAGMA integrity_check').values()).toEqual([['ok']])
  return String(text).replace(/\s+/g, ' ')
}

describe('P8: a rebuild changes what the schema changes, and nothing else', () => {
  const nullable = 'a: { type: int, nullable: true }'
  test.each([
    [
      'everything that SQLite takes is read',
      `CREATE TABLE t (-- it's "
        id INTEGER /* , */ CONSTRAINT pk PRIMARY KEY ASC ON CONFLICT FAIL AUTOINCREMENT, a UNSIGNED BIG INT(3, 4) NULL DEFAULT -1.5e+3 COLLATE NOCASE CHECK (a IN (1, ')')),
        [b c] TEXT GENERATED ALWAYS AS (a || ',') VIRTUAL, \`d\` REFERENCES parents ON DELETE SET NULL ON UPDATE SET DEFAULT MATCH FULL NOT DEFERRABLE INITIALLY DEFERRED,
        CONSTRAINT u UNIQUE (a, d) ON CONFLICT REPLACE CHECK (a > 0), FOREIGN KEY (a) REFERENCES parents (n) DEFERRABLE INITIALLY DEFERRED)`,
      `${nullable}, d: { type: int, nullable: true }`,
      `a: { type: int, nullable: true, default: 7 }, d: { type: int, nullable: true }`,
      `CREATE TABLE "t" ( id INTEGER /* , */ CONSTRAINT pk PRIMARY KEY ASC ON CONFLICT FAIL AUTOINCREMENT, a UNSIGNED BIG INT(3, 4) NULL COLLATE NOCASE CHECK (a IN (1, ')')) DEFAULT 7, [b c] TEXT GENERATED ALWAYS AS (a || ',') VIRTUAL, \`d\` REFERENCES parents ON DELETE SET NULL ON UPDATE SET DEFAULT MATCH FULL NOT DEFERRABLE INITIALLY DEFERRED, CONSTRAINT u UNIQUE (a, d) ON CONFLICT REPLACE, CHECK (a > 0), FOREIGN KEY (a) REFERENCES parents (n) DEFERRABLE INITIALLY DEFERRED )`,
    ],
    [
      'NOT NULL goes in place',
      'CREATE TABLE t (id INTEGER PRIMARY KEY, a INT NOT NULL ON CONFLICT IGNORE CHECK (a > 0)) STRICT',
      'a: { type: int }',
      nullable,
      'CREATE TABLE t (id INTEGER PRIMARY KEY, a INT CHECK (a > 0)) STRICT',
    ],
    [
      'NOT NULL comes',
      'CREATE TABLE t (id INTEGER PRIMARY KEY, a INT CHECK (a > 0))',
      nullable,
      'a: { type: int }',
      'CREATE TABLE "t" ( id INTEGER PRIMARY KEY, a INT CHECK (a > 0) NOT NULL )',
    ],
    [
      'ON DELETE changes; ON UPDATE, and the other reference of the column, stay',
      'CREATE TABLE t (id INTEGER PRIMARY KEY, a INT REFERENCES parents (id) ON UPDATE CASCADE ON DELETE NO ACTION DEFERRABLE REFERENCES other (x))',
      'a: { type: int, nullable: true, references: parents.id }',
      'a: { type: int, nullable: true, references: parents.id, onDelete: set null }',
      'CREATE TABLE "t" ( id INTEGER PRIMARY KEY, a INT REFERENCES parents ( id ) ON DELETE SET NULL ON UPDATE CASCADE DEFERRABLE REFERENCES other (x) )',
    ],
    [
      'ON DELETE of a constraint of the table',
      'CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, CONSTRAINT f FOREIGN KEY (a) REFERENCES parents ON UPDATE CASCADE)',
      'a: { type: int, nullable: true, references: parents.id }',
      'a: { type: int, nullable: true, references: parents.id, onDelete: cascade }',
      'CREATE TABLE "t" ( id INTEGER PRIMARY KEY, a INT, CONSTRAINT f FOREIGN KEY ( a ) REFERENCES parents ON DELETE CASCADE ON UPDATE CASCADE )',
    ],
    [
      'another reference',
      'CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, FOREIGN KEY (a) REFERENCES parents (id) ON UPDATE CASCADE) ',
      'a: { type: int, nullable: true, references: parents.id }',
      'a: { type: int, nullable: true, references: parents.n }',
      'CREATE TABLE "t" ( id INTEGER PRIMARY KEY, a INT REFERENCES "parents" ("n") ON DELETE RESTRICT )',
    ],
    [
      'UNIQUE of one column goes, of several stays',
      'CREATE TABLE t (id INTEGER PRIMARY KEY, a INT UNIQUE ON CONFLICT REPLACE COLLATE NOCASE, b, UNIQUE (a), UNIQUE (a, b)) WITHOUT ROWID',
      'a: { type: int, nullable: true, unique: true }',
      nullable,
      'CREATE TABLE "t" ( id INTEGER PRIMARY KEY, a INT COLLATE NOCASE, b, UNIQUE (a, b) ) WITHOUT ROWID',
    ],
    [
      'another type',
      'CREATE TABLE t (id INTEGER PRIMARY KEY, a NUMERIC(10, 2) DEFAULT (1 + 1) COLLATE RTRIM)',
      'a: { type: float, nullable: true }',
      'a: { type: string, nullable: true }',
      'CREATE TABLE "t" ( id INTEGER PRIMARY KEY, a TEXT DEFAULT (1 + 1) COLLATE RTRIM )',
    ],
    [
      'another name, in all that names it',
      'CREATE TABLE t (id INTEGER PRIMARY KEY, a INT CHECK (a > 0), b AS (a + 1), UNIQUE (a, b))',
      nullable,
      'a: { type: int, nullable: true, column: A2, default: 1 }',
      'CREATE TABLE "t" ( id INTEGER PRIMARY KEY, "A2" INT CHECK ("A2" > 0) DEFAULT 1, b AS ("A2" + 1), UNIQUE ("A2", b) )',
    ],
    [
      'a field goes with what is about it alone',
      'CREATE TABLE t (id INTEGER PRIMARY KEY, A INT CHECK (a > 0), b INT, UNIQUE ("a"), FOREIGN KEY (a) REFERENCES parents)',
      `${nullable}, b: { type: int, nullable: true }`,
      'b: { type: int, nullable: true }',
      'CREATE TABLE "t" ( id INTEGER PRIMARY KEY, b INT )',
    ],
  ])('%s', (_, sql, from, to, expected) => {
    expect(changed(sql, from, to)).toBe(expected)
  })

  test('rows keep their numbers, to which a full-text index refers', () => {
    using database = new Database(':memory:')
    const of = (fields: string) =>
      schemaOf(`version: 1\ncollections: { t: { fields: { id: { type: string, primary: true }, ${fields} } } }`)
    database.run('CREATE TABLE t (id TEXT PRIMARY KEY, a INT)')
    database.run(`INSERT INTO t (rowid, id, a) VALUES (7, 'x', 1), (9, 'y', 2)`)
    runSteps(database, planTables(of('a: { type: int, nullable: true }'), of('a: { type: int }')))
    expect(database.query('SELECT rowid, id FROM t').values()).toEqual([
      [7, 'x'],
      [9, 'y'],
    ])
  })
})

describe('P9: what needs a dropped field holds the migration back', () => {
  const drop = (sql: string, more?: string) =>
    changed(
      sql,
      'a: { type: int, nullable: true }, b: { type: int, nullable: true }',
      'b: { type: int, nullable: true }',
      more,
    )
  test.each([
    ['b INT, a INT, c AS (a + 1)', '', 'the generated column c depends on it'],
    ['b INT CHECK (b > a), a INT', '', 'the table has CHECK (b > a)'],
    ['a INT, b INT, CONSTRAINT d CHECK (abs("A") > b)', '', '(ALTER TABLE … DROP CONSTRAINT d)'],
    ['a INT, b INT, UNIQUE (b, a)', '', 'the table has UNIQUE (b, a)'],
    [
      'a INT, b INT',
      'CREATE INDEX i ON t (b) WHERE a > 0',
      'the index i needs it. Drop that first, with an sql operation',
    ],
    ['a INT, b INT', 'CREATE INDEX i ON t (b, a)', 'the index i needs it'],
  ])('%s %s', (columns, more, message) => {
    expect(() => drop(`CREATE TABLE t (id INTEGER PRIMARY KEY, ${columns})`, more)).toThrow(message)
  })

  test('its own indexes go with it; names in texts are none', () => {
    const sql = "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b INT CHECK (b <> 'a'))"
    expect(drop(sql, 'CREATE INDEX i ON t (a DESC)')).toContain("CHECK (b <> 'a')")
  })
})

test('P9: what cannot be read is refused', () => {
  expect(parseTable('CREATE TABLE t (a INT WHAT EVER, b INT CHECK (b) SOMETHING)')).toBeNull()
})

test('a definition is printed as it was written', () => {
  const parsed = parseTable('CREATE TABLE x (a INT -- one\n, "b" /* two */ TEXT) STRICT')
  expect(parsed && printTable(parsed, 'y')).toBe('CREATE TABLE "y" (\n  a INT,\n  "b" /* two */ TEXT\n) STRICT')
})
