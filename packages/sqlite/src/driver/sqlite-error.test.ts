import { describe, expect, test } from 'bun:test'
import { AppError } from '@koyalite/contracts'
import { openDatabase } from '../database'
import { sql } from '../testing/items'
import { adviceFor, ConstraintError, translateSqliteError } from './sqlite-error'

const SCHEMA = `
CREATE TABLE p (id INTEGER PRIMARY KEY);
CREATE TABLE t (
  id TEXT PRIMARY KEY,
  a INTEGER NOT NULL DEFAULT 0,
  b INTEGER,
  p REFERENCES p,
  q INTEGER REFERENCES p ON DELETE RESTRICT,
  UNIQUE (a, b),
  CHECK (b < 100)
) STRICT;
CREATE UNIQUE INDEX expression ON t (lower(id)) WHERE a = 7;
CREATE TRIGGER refuse BEFORE UPDATE ON t BEGIN SELECT raise(ABORT, 'frozen'); END;
INSERT INTO p VALUES (5);
INSERT INTO t (id, a, b, q) VALUES ('x', 1, 2, 5);
`.replace('p REFERENCES p', 'p INTEGER REFERENCES p')

const CASES = [
  ['unique', 'CONFLICT', "INSERT INTO t (id, a, b) VALUES ('y', 1, 2)", 't', ['a', 'b']],
  ['unique', 'CONFLICT', "INSERT INTO t (id, a) VALUES ('q', 7), ('Q', 7)", '', []],
  ['primary_key', 'CONFLICT', "INSERT INTO t (id) VALUES ('x')", 't', ['id']],
  ['primary_key', 'CONFLICT', 'INSERT INTO p VALUES (1), (1)', 'p', ['id']],
  ['foreign_key', 'CONFLICT', "INSERT INTO t (id, p) VALUES ('y', 9)", '', []],
  ['foreign_key', 'CONFLICT', 'DELETE FROM p WHERE id = 5', '', []],
  ['not_null', 'VALIDATION_ERROR', "INSERT INTO t (id, a) VALUES ('y', NULL)", 't', ['a']],
  ['check', 'VALIDATION_ERROR', "INSERT INTO t (id, b) VALUES ('y', 100)", '', []],
  ['datatype', 'VALIDATION_ERROR', "INSERT INTO t (id, a) VALUES ('y', 'text')", 't', ['a']],
  ['trigger', 'CONFLICT', "UPDATE t SET a = 2 WHERE id = 'x'", '', []],
] as const

describe('errors of SQLite', () => {
  for (const [kind, code, text, table, columns] of CASES) {
    test(`${kind}: ${text}`, async () => {
      const db = await openDatabase({ path: ':memory:' })
      await db.migrate((tx) => tx.exec(SCHEMA))
      const error = await db.write((tx) => tx.run(sql(text))).catch((failure: unknown) => failure)
      expect(error).toBeInstanceOf(ConstraintError)
      expect(error).toMatchObject({ kind, code, table, columns: [...columns] })
      // The user's message reveals nothing of the schema.
      expect((error as Error).message).not.toMatch(/\bt\.|failed|expression|frozen/)
    })
  }

  for (const code of [
    'SQLITE_BUSY',
    'SQLITE_BUSY_SNAPSHOT',
    'SQLITE_FULL',
    'SQLITE_IOERR_WRITE',
    'SQLITE_READONLY',
    'SQLITE_CORRUPT_INDEX',
  ]) {
    test(`${code} is UNAVAILABLE, with advice for the log`, () => {
      const translated = translateSqliteError(Object.assign(new Error('raw'), { code }))
      expect(translated).toBeInstanceOf(AppError)
      expect(translated).toMatchObject({ code: 'UNAVAILABLE' })
      expect(adviceFor(translated)).toBeString()
    })
  }

  test('wrong SQL stays what it is: our bug', () => {
    const error = Object.assign(new Error('no such table'), { code: 'SQLITE_ERROR' })
    expect(translateSqliteError(error)).toBe(error)
    expect(adviceFor(error)).toBeNull()
  })
})
