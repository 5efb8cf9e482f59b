import { duration, integer, parseRate, type SettingsOf, section, table } from '@koyalite/kernel'
import { z } from 'zod'

const rate = z.string().transform((written, context) => {
  const value = parseRate(written)
  if (value !== null && value.count > 0) return value
  context.addIssue({ code: 'custom', message: 'expected a rate like 10/second (second, minute, hour or day)' })
  return z.NEVER
})

const queue = z.strictObject({
  concurrency: z.int().min(1).max(10_000).optional(),
  rate: rate.optional(),
})

export const JOBS_SETTINGS = {
  jobs: section({
    concurrency: integer(10, { min: 1, max: 10_000 }, 'How many jobs of a queue run at once, unless jobs.queues says'),
    queues: table(
      queue,
      'Queues by name, each with `concurrency` and `rate`: `{ mail: { concurrency: 5, rate: 10/second } }`',
    ),
    keep: section({
      done: duration('24h', 'How long jobs that are done are kept'),
      cancelled: duration('24h', 'How long jobs that were cancelled are kept'),
      dead: duration('30d', 'How long jobs that failed for good are kept'),
    }),
    max_waiting: integer(1_000_000, { min: 1 }, 'How many jobs may wait or run; pushing more is refused (QUEUE_FULL)'),
    shutdown_grace: duration('25s', 'How long a server that stops waits for running jobs. What runs longer runs again'),
  }),
}

export type JobsSettings = SettingsOf<typeof JOBS_SETTINGS>['jobs']
