import { expect, test } from 'bun:test'
import { scansOf } from '@koyalite/sqlite/testing/system-plans'
import * as outbox from './outbox'

test('no statement about mails takes longer the more of them there are', () => {
  const { MAIL_TABLES, ...functions } = outbox
  const { statements, scans } = scansOf({ tables: MAIL_TABLES.steps.flat(), modules: [functions] })
  expect(statements).toBeGreaterThan(7)
  expect(scans).toEqual([])
})
