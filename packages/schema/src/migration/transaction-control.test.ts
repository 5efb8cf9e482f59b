import { expect, test } from 'bun:test'
import { transactionControl } from './transaction-control'

test.each([
  ['COMMIT', 'COMMIT'],
  ['UPDATE a SET x = 1; commit; DROP TABLE a', 'COMMIT'],
  ['/* so */ -- and\n END', 'END'],
  ['CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END; ROLLBACK', 'ROLLBACK'],
  [';;begin immediate', 'BEGIN'],
  ["ATTACH 'x' AS y", 'ATTACH'],
])('%s', (sql, word) => {
  expect(transactionControl(sql)).toBe(word)
})

test.each([
  "UPDATE a SET x = 'COMMIT; ROLLBACK'",
  'UPDATE "commit" SET [end] = 1; -- COMMIT',
  'UPDATE a SET x = CASE WHEN y THEN 1 ELSE 2 END; DELETE FROM b',
  'CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET x = CASE WHEN 1 THEN 2 END; SELECT 1; END',
  'INSERT OR ROLLBACK INTO a VALUES (1)',
])('%s is allowed', (sql) => {
  expect(transactionControl(sql)).toBeUndefined()
})
