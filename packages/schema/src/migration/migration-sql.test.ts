import { describe, expect, test } from 'bun:test'
import { fillProblem, operationProblem, splitStatements } from './migration-sql'

describe('an sql operation', () => {
  test.each([
    ['COMMIT', 'COMMIT'],
    ['UPDATE a SET x = 1; commit; DROP TABLE a', 'COMMIT'],
    ['/* so */ -- and\n END', 'END'],
    ['CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END; ROLLBACK', 'ROLLBACK'],
    [';;begin immediate', 'BEGIN'],
    ["ATTACH 'x' AS y", 'ATTACH'],
    ["VACUUM INTO '/tmp/x'", 'VACUUM'],
    ["PRAGMA key = 'x'", 'PRAGMA'],
    ['SAVEPOINT a', 'SAVEPOINT'],
    ['EXPLAIN SELECT 1', 'EXPLAIN'],
    // The word alone makes no trigger: what follows is a statement of its own.
    ['SELECT 1 AS trigger; COMMIT', 'COMMIT'],
    ['CREATE TABLE trigger (begin TEXT); COMMIT', 'COMMIT'],
    ['INSERT INTO a (trigger) VALUES (1); PRAGMA writable_schema = 1', 'PRAGMA'],
    ['\uFEFFCOMMIT', 'COMMIT'],
    ['"COMMIT"', '"COMMIT"'],
  ])('%s is refused', (sql, word) => {
    expect(operationProblem(sql)).toStartWith(`${word.toUpperCase()} is not allowed`)
  })

  test.each([
    'DELETE FROM _koyalite_keys',
    'INSERT INTO "_KOYALITE_operators" VALUES (1)',
    "INSERT INTO '_koyalite_keys' VALUES (1)",
    'UPDATE main.[_koyalite_audit] SET x = 1',
    'CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM `_koyalite_sessions`; END',
    'CREATE VIEW v AS SELECT * FROM _koyalite_accounts',
  ])('%s is refused: a table of the system', (sql) => {
    expect(operationProblem(sql)).toContain('is a system table')
  })

  test.each([
    "UPDATE a SET x = 'COMMIT; ROLLBACK'",
    'UPDATE "commit" SET [end] = 1; -- COMMIT',
    'UPDATE a SET x = CASE WHEN y THEN 1 ELSE 2 END; DELETE FROM b',
    'CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET x = CASE WHEN 1 THEN 2 END; SELECT 1; END',
    'create temp trigger t AFTER INSERT ON a BEGIN SELECT 1; END;',
    'INSERT OR ROLLBACK INTO a VALUES (1)',
    'WITH x AS (SELECT 1) DELETE FROM a',
    "UPDATE a SET x = 'see the _koyalite_ tables'",
    '-- nothing to take back',
  ])('%s is allowed', (sql) => {
    expect(operationProblem(sql)).toBeUndefined()
  })

  test('is split into its statements', () => {
    const trigger = 'CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET x = CASE WHEN 1 THEN 2 END; SELECT 1; END'
    expect(splitStatements(`DELETE FROM a; -- one\n${trigger};;\nUPDATE a SET x = ';'\n`)).toEqual([
      'DELETE FROM a',
      trigger,
      "UPDATE a SET x = ';'",
    ])
    expect(splitStatements(' -- nothing\n;')).toEqual([])
  })
})

describe('a fill', () => {
  test.each([
    '1) FROM a; COMMIT; --',
    '1; DROP TABLE a',
    '(1',
    '1)',
    ')1(',
    '1 -- so',
    '1 /* so',
    '1 /* a */ /*',
    "'open",
    '"open',
    '[open',
    "x'0",
  ])('%s is refused', (sql) => {
    expect(fillProblem(sql)).toBe('a fill must be one SQL expression')
  })

  test('that reads a table of the system is refused', () => {
    expect(fillProblem('(SELECT password_hash FROM _koyalite_accounts)')).toContain('is a system table')
  })

  test.each([
    "'a;b(' || x",
    'coalesce(age, 0) /* none */',
    '-- why\n1',
    'CASE WHEN a = \')\' THEN "b;" ELSE [c(] END',
    "x'00ff'",
    '(SELECT max(n) FROM other WHERE id = a)',
  ])('%s is allowed', (sql) => {
    expect(fillProblem(sql)).toBeUndefined()
  })
})
