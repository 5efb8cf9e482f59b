import { expect, test } from 'bun:test'
import { scansOf } from '@koyalite/sqlite/testing/system-plans'
import { dropOldest, IDEMPOTENCY_TABLES, selectResponse, storeResponse } from './idempotency'
import { loggedChanges } from './logged-document'

test('no statement about stored responses and the change log takes longer the more there is of them', () => {
  const modules = [
    {
      dropOldest,
      storeResponse,
      selectResponse,
      loggedChanges: (tx: never) => loggedChanges(tx, 1, new Set(['posts'])),
    },
  ]
  const { statements, scans } = scansOf({ tables: IDEMPOTENCY_TABLES.steps.flat(), modules })
  expect(statements).toBe(7)
  expect(scans).toEqual([])
})
