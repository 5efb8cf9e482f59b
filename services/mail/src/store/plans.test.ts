import { expect, test } from 'bun:test'
import { scansOf } from '@koyalite/sqlite/testing/system-plans'
import { MAIL_STATES } from '../http/mail-view'
import * as attachments from './attachments'
import * as history from './history'
import * as operators from './operators'
import * as outbox from './outbox'
import * as outcomes from './outcomes'
import * as suppressions from './suppressions'
import * as unrendered from './unrendered-mails'
import * as written from './written-mails'

test('no statement about mails takes longer the more of them there are', () => {
  const { MAIL_TABLES, ...functions } = outbox
  const inEachState = Object.fromEntries(
    ([...MAIL_STATES, undefined] as const).map((state) => [
      state ?? 'all',
      (reads: Parameters<typeof operators.listMails>[0]) =>
        operators.listMails(reads, { limit: 1, before: null, state }),
    ]),
  )
  const { listMails, ...others } = operators
  const modules = [functions, others, inEachState, suppressions, unrendered, written, history, outcomes, attachments]
  const { statements, scans } = scansOf({ tables: MAIL_TABLES.steps.flat(), modules })
  expect(statements).toBeGreaterThan(18)
  expect(scans).toEqual([])
})
