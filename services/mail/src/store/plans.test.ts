import { expect, test } from 'bun:test'
import { scansOf } from '@koyalite/sqlite/testing/system-plans'
import * as operators from './operators'
import * as outbox from './outbox'
import * as suppressions from './suppressions'
import * as unrendered from './unrendered-mails'
import * as written from './written-mails'

test('no statement about mails takes longer the more of them there are', () => {
  const { MAIL_TABLES, ...functions } = outbox
  const inEachState = Object.fromEntries(
    (['queued', 'held', 'sent', 'failed', undefined] as const).map((state) => [
      state ?? 'all',
      (reads: Parameters<typeof operators.listMails>[0]) =>
        operators.listMails(reads, { limit: 1, before: null, state }),
    ]),
  )
  const { listMails, ...others } = operators
  const modules = [functions, others, inEachState, suppressions, unrendered, written]
  const { statements, scans } = scansOf({ tables: MAIL_TABLES.steps.flat(), modules })
  expect(statements).toBeGreaterThan(18)
  expect(scans).toEqual([])
})
