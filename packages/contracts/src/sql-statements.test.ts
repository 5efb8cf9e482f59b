import { expect, test } from 'bun:test'
import { splitStatements, statementAt } from './sql-statements'

const split = (text: string) => splitStatements(text).map(({ from, to }) => text.slice(from, to))

test.each([
  ['SELECT 1', ['SELECT 1']],
  ['SELECT 1;', ['SELECT 1']],
  [' ;; -- nothing\n /* ; */ ;', []],
  ['SELECT 1; SELECT 2 ;\n', ['SELECT 1', 'SELECT 2 ']],
  ["SELECT ';' ; SELECT 'it''s; ok'", ["SELECT ';' ", "SELECT 'it''s; ok'"]],
  ['SELECT ";", `;`, [;] ; SELECT 2', ['SELECT ";", `;`, [;] ', 'SELECT 2']],
  ['SELECT 1 -- a; b\n, 2; -- c\nSELECT 3', ['SELECT 1 -- a; b\n, 2', 'SELECT 3']],
  ['/* a; */ SELECT 1 /* ; ', ['SELECT 1']],
  ["SELECT 'open ; ", ["SELECT 'open ; "]],
  [
    'CREATE TEMP TRIGGER t AFTER DELETE ON a BEGIN SELECT CASE 1 WHEN 1 THEN 2 END; SELECT 2; END; SELECT 3',
    ['CREATE TEMP TRIGGER t AFTER DELETE ON a BEGIN SELECT CASE 1 WHEN 1 THEN 2 END; SELECT 2; END', 'SELECT 3'],
  ],
  ['CREATE TABLE trigger_a (x); SELECT 1', ['CREATE TABLE trigger_a (x)', 'SELECT 1']],
])('%p', (text, expected) => {
  expect(split(text).map((one) => one.trim())).toEqual(expected.map((one) => one.trim()))
})

test.each([
  ['SELECT 1', 'SELECT'],
  ['  -- c\n  with a as (select 1) delete from b', 'WITH'],
  // SQLite takes a byte order mark for a blank; here it is no verb that anything allows.
  ['\ufeffPRAGMA query_only = 0', '\ufeffPRAGMA'],
  ['(SELECT 1)', ''],
])('the verb of %p is %p', (text, verb) => {
  expect(splitStatements(text)[0]?.verb).toBe(verb)
})

test('the statement at a cursor', () => {
  const text = 'SELECT 1;  -- one\n\nSELECT 2;\n\n'
  const at = (offset: number) => {
    const found = statementAt(text, offset)
    return found && text.slice(found.from, found.to)
  }
  expect(at(0)).toBe('SELECT 1')
  expect(at(8)).toBe('SELECT 1')
  expect(at(14)).toBe('SELECT 1')
  expect(at(18)).toBe('SELECT 2')
  expect(at(text.length)).toBe('SELECT 2')
  expect(statementAt('-- nothing', 3)).toBeNull()
})

test('takes time in proportion to its input', () => {
  expect(splitStatements("'".repeat(300_000)).length).toBeLessThan(2)
  expect(splitStatements('/* '.repeat(100_000)).length).toBe(0)
  expect(splitStatements(';x'.repeat(100_000)).length).toBe(100_000)
})
