import { expect, test } from 'bun:test'
import { scansOf } from '@koyalite/sqlite/testing/system-plans'
import * as auditLog from './audit-log'

test('no statement about the log takes longer the longer it is', () => {
  const { AUDIT_TABLES, ...functions } = auditLog
  const { statements, scans } = scansOf({
    tables: AUDIT_TABLES.steps.flat(),
    modules: [functions],
    // One row; a search runs where it can be ended.
    mayScan: [/_koyalite_audit_anchor"$/, /"outcome" = \?/],
  })
  expect(statements).toBeGreaterThan(7)
  expect(scans).toEqual([])
})
