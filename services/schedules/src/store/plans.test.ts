import { expect, test } from 'bun:test'
import { scansOf } from '@koyalite/sqlite/testing/system-plans'
import * as firings from './firings'
import { SCHEDULE_TABLES } from './schedule-tables'
import * as schedules from './schedules'

test('no statement about schedules takes longer the more of them there are', () => {
  const { statements, scans } = scansOf({ tables: SCHEDULE_TABLES.steps.flat(), modules: [schedules, firings] })
  expect(statements).toBeGreaterThan(12)
  expect(scans).toEqual([])
})
