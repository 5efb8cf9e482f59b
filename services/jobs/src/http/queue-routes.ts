import { admin } from '@koyalite/access'
import type { JobState } from '@koyalite/contracts'
import { formatRate, type Route, reply, route } from '@koyalite/kernel'
import { z } from 'zod'
import { JOBS_AREA } from '../admin-areas'
import { countHeld } from '../store/hold-jobs'
import { pausedQueues, QUEUE_DEPTHS } from '../store/operators'
import type { AdminContext } from './admin-context'
import { auditedAction } from './audited-action'

const queue = z.object({
  name: z.string(),
  waiting: z.int(),
  retrying: z.int(),
  running: z.int(),
  oldest_at: z.iso.datetime().nullable().describe('Since when the first job that waits could run.'),
  concurrency: z.int(),
  rate: z.string().nullable(),
  paused_at: z.iso.datetime().nullable(),
})

const TIMEOUT_MS = 10_000

export function queueRoutes(context: AdminContext): readonly Route[] {
  const { jobs, database, audit } = context
  return [
    route({
      method: 'GET',
      path: '/api/admin/jobs/queues',
      name: 'listJobQueues',
      summary: 'List queues with what waits in them',
      access: admin(JOBS_AREA, 'read'),
      responses: {
        200: z.object({
          queues: z.array(queue),
          held: z.int().describe('Jobs that are held since the project was copied or restored.'),
        }),
      },
      handle: async () => ({ queues: await queuesOf(context), held: countHeld(database) }),
    }),
    route({
      method: 'POST',
      path: '/api/admin/jobs/release',
      name: 'releaseJobs',
      summary: 'Run the jobs that are held since this project was copied or restored',
      access: admin(JOBS_AREA, 'write'),
      responses: { 200: z.object({ released: z.int() }) },
      async handle({ actor, request }) {
        const { value } = await database.write((tx) => {
          const released = jobs.release(tx)
          audit.record(tx, auditedAction('job.released', { actor, request, id: '', details: { released } }))
          return released
        })
        return { released: value }
      },
    }),
    ...(['pause', 'resume'] as const).map((verb) =>
      route({
        method: 'POST',
        path: `/api/admin/jobs/queues/:name/${verb}`,
        name: `${verb}JobQueue`,
        summary: verb === 'pause' ? 'Pause a queue: what runs ends, and nothing begins' : 'Resume a queue',
        access: admin(JOBS_AREA, 'write'),
        responses: { 204: null },
        async handle({ actor, params, request }) {
          await database.write((tx) => {
            jobs.setPaused(tx, params.name, verb === 'pause')
            audit.record(tx, auditedAction(`job.queue_${verb}d`, { actor, request, id: params.name }))
          })
          return reply(204, null)
        },
      }),
    ),
  ]
}

async function queuesOf({ jobs, database }: AdminContext): Promise<z.input<typeof queue>[]> {
  await jobs.ready()
  const { rows } = await database.query({ text: QUEUE_DEPTHS, params: [] }, { timeoutMs: TIMEOUT_MS })
  const counts = new Map<string, Partial<Record<JobState['state'], { count: number; oldest: number }>>>()
  for (const [name, state, count, oldest] of rows as [string, JobState['state'], number, number][])
    counts.set(name, { ...counts.get(name), [state]: { count, oldest } })
  const { dispatcher, settings, handler, names } = jobs
  const known = names().map((name) => handler(name)?.queue ?? 'default')
  // As they are stored: a command that opens the project without a server dispatches nothing.
  const paused = pausedQueues(database)
  const all = new Set([...Object.keys(settings().queues), ...known, ...counts.keys(), ...paused.keys()])
  return [...all].sort().map((name) => {
    const pausedAt = paused.get(name)
    const { waiting, retrying, running } = counts.get(name) ?? {}
    const rate = settings().queues[name]?.rate
    return {
      name,
      waiting: waiting?.count ?? 0,
      retrying: retrying?.count ?? 0,
      running: running?.count ?? 0,
      oldest_at: waiting === undefined ? null : new Date(waiting.oldest).toISOString(),
      concurrency: dispatcher.queue(name).concurrency(settings()),
      rate: rate === undefined ? null : formatRate(rate),
      paused_at: pausedAt === undefined ? null : new Date(pausedAt).toISOString(),
    }
  })
}
