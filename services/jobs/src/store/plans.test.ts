import { expect, test } from 'bun:test'
import { scansOf } from '@koyalite/sqlite/testing/system-plans'
import * as claims from './claim-jobs'
import * as ends from './end-run'
import * as groups from './groups'
import * as held from './hold-jobs'
import * as inserts from './insert-job'
import { findJob, JOBS_TABLES } from './jobs-table'
import * as operators from './operators'

test('no statement about jobs takes longer the more of them are over', () => {
  const { statements, scans } = scansOf({
    tables: JOBS_TABLES.steps.flat(),
    modules: [claims, ends, groups, held, inserts, operators, { findJob }],
    // Queues that somebody has paused; jobs that are held; jobs that are claimed together; as many as a group may run.
    mayScan: [/"_koyalite_job_queues"$/, /"stage" = 'held'$/, /json_each\(\?\)\) ORDER BY "rank"/, /LIMIT \?\)$/],
  })
  expect(statements).toBeGreaterThan(30)
  expect(scans).toEqual([])
})
