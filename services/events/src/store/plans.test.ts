import { expect, test } from 'bun:test'
import { scansOf } from '@koyalite/sqlite/testing/system-plans'
import * as changedDocuments from './changed-documents'
import * as eventLog from './event-log'
import * as undelivered from './undelivered-events'

test('no statement about events takes longer the longer the log is', () => {
  const { EVENT_TABLES, ...functions } = eventLog
  const { presentTexts: _, ...changes } = changedDocuments
  const { UNDELIVERED_TABLE: __, ...undeliveredEvents } = undelivered
  const { statements, scans } = scansOf({
    tables: EVENT_TABLES.steps.flat(),
    modules: [functions, changes, undeliveredEvents],
  })
  expect(statements).toBeGreaterThan(8)
  expect(scans).toEqual([])
})
