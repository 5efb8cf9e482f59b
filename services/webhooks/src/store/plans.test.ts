import { expect, test } from 'bun:test'
import { scansOf } from '@koyalite/sqlite/testing/system-plans'
import * as deliveries from './deliveries'
import * as endpoints from './endpoint-rows'
import { WEBHOOK_TABLES } from './webhook-tables'

test('no statement about webhooks takes longer the more of them there are', () => {
  const { statements, scans } = scansOf({
    tables: WEBHOOK_TABLES.steps.flat(),
    modules: [deliveries, endpoints],
    // Endpoints are made by hand; what is counted is a bounded number of rows.
    mayScan: [/ORDER BY "name"$/, /^SELECT count\(\*\) FROM \(SELECT 1 .* LIMIT \?\)$/],
  })
  expect(statements).toBeGreaterThan(25)
  expect(scans).toEqual([])
})
