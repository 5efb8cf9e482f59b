import type { AuditTrail, JobQueue } from '@koyalite/contracts'
import { defineService, every, type Log, type Metrics, type Tasks } from '@koyalite/kernel'
import type { Database } from '@koyalite/sqlite'
import { JOBS_AREA } from './admin-areas'
import { createJobs } from './create-jobs'
import { adminRoutes } from './http/admin-routes'
import { ownJobRoutes } from './http/own-job-routes'
import { JOBS_SETTINGS, type JobsSettings } from './jobs-settings'
import { JOBS_TABLES } from './store/jobs-table'

export interface JobsNeeds {
  readonly database: Database
  readonly log: Log
  readonly metrics: Pick<Metrics, 'register'>
  readonly tasks: Pick<Tasks, 'add'>
  readonly audit: AuditTrail
  readonly loaded: { readonly settings: { readonly jobs: JobsSettings } }
}

const PRUNE_EVERY_MS = 60_000

/** Work that outlives a request: a queue in the database, and what runs it. SPEC.md. */
export const jobsService = defineService({
  name: 'jobs',
  tables: JOBS_TABLES,
  settings: JOBS_SETTINGS,
  adminAreas: [JOBS_AREA],
  open({ database, log, metrics, tasks, audit, loaded }: JobsNeeds) {
    const jobs = createJobs({ database, log, metrics, settings: loaded.settings.jobs })
    tasks.add({
      name: 'jobs.prune',
      summary: 'Removes jobs that have been over for longer than jobs.keep',
      schedule: every(PRUNE_EVERY_MS, { atStart: true }),
      run: async () => `${await jobs.prune()} jobs removed`,
    })
    const port: JobQueue = jobs
    return {
      port,
      use: ({ settings }) => jobs.use(settings.jobs),
      routes: () => [...adminRoutes({ jobs, database, audit }), ...ownJobRoutes(jobs, database)],
      start: () => jobs.start(),
      settle: () => jobs.settle(),
      stats: () => ({ running: jobs.dispatcher.runningCount }),
      close: () => jobs.close(),
    }
  },
})
