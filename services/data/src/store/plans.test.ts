import { expect, test } from 'bun:test'
import { scansOf } from '@koyalite/sqlite/testing/system-plans'
import { dropOldest, IDEMPOTENCY_TABLES, keepAnswer, keptAnswer } from './idempotency'
import { loggedChanges } from './logged-document'

test('no statement about kept answers and the change log takes longer the more there is of them', () => {
  const modules = [
    { dropOldest, keepAnswer, keptAnswer, loggedChanges: (tx: never) => loggedChanges(tx, 1, new Set(['posts'])) },
  ]
  const { statements, scans } = scansOf({ tables: IDEMPOTENCY_TABLES.steps.flat(), modules })
  expect(statements).toBe(7)
  expect(scans).toEqual([])
})
