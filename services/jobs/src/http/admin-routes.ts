import { admin } from '@koyalite/access'
import { type Actor, AppError, type JobActor, type JsonValue, type Tx } from '@koyalite/contracts'
import { durationInput, pageOf, paginated, type Route, reply, route } from '@koyalite/kernel'
import { z } from 'zod'
import { JOBS_AREA } from '../admin-areas'
import { requireJob } from '../operations/operator-actions'
import { listJobs } from '../store/operators'
import type { AdminContext } from './admin-context'
import { auditedAction } from './audited-action'
import { JOB_STATES, jobDetail, jobDetailOf, listedJob, listedJobOf } from './job-view'
import { queueRoutes } from './queue-routes'

const list = paginated('jobs', listedJob, {
  name: z.string().max(200).optional().describe('Of this function.'),
  state: z.enum(JOB_STATES).optional(),
})

const pushed = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(200)
    // Those with dots are work of the server: events, which nobody can say have happened.
    .regex(/^[^.]+$/, 'must be the name of a function'),
  payload: z.unknown().default({}),
  delay: durationInput.optional(),
  run_at: z.iso.datetime({ offset: true }).optional(),
  priority: z.int().min(-10).max(10).optional(),
  key: z.string().min(1).max(200).optional(),
  on_conflict: z.enum(['keep', 'replace', 'rerun']).optional(),
  key_for: durationInput.optional(),
  group: z.string().min(1).max(200).optional(),
})

/** Jobs for operators. */
export function adminRoutes(context: AdminContext): readonly Route[] {
  const { jobs, database } = context
  return [
    ...queueRoutes(context),
    route({
      method: 'GET',
      path: '/api/admin/jobs',
      name: 'listJobs',
      summary: 'List jobs, newest first',
      access: admin(JOBS_AREA, 'read'),
      query: list.query,
      responses: { 200: list.response },
      async handle({ query: { limit, cursor, name, state } }) {
        const found = await listJobs(database, { name, state, limit: limit + 1, before: before(cursor) })
        const { page, next_cursor } = pageOf(found, limit, ({ seq }) => String(seq))
        return { jobs: page.map((job) => listedJobOf(jobs, job)), next_cursor }
      },
    }),
    route({
      method: 'POST',
      path: '/api/admin/jobs',
      name: 'pushJob',
      summary: 'Push a job',
      access: admin(JOBS_AREA, 'write'),
      body: pushed,
      responses: { 201: z.object({ id: z.string(), created: z.boolean() }) },
      async handle({ actor, body, request }) {
        const { name, payload, delay, run_at, priority, key, on_conflict, key_for, group } = body
        if (delay !== undefined && run_at !== undefined)
          throw new AppError('INVALID_REQUEST', '`delay` and `run_at` say the same: send one of them.')
        await jobs.ready(name)
        const runAt = run_at === undefined ? delay && jobs.now() + delay : Date.parse(run_at)
        const { value } = await database.write((tx) => {
          const job = jobs.push(tx, {
            ...{ name, payload: payload as JsonValue, actor: enqueuer(actor), chain: null },
            ...(runAt !== undefined && { runAt }),
            ...(priority !== undefined && { priority }),
            ...(key !== undefined && { key }),
            ...(on_conflict !== undefined && { onConflict: on_conflict }),
            ...(key_for !== undefined && { keyForMs: key_for }),
            ...(group !== undefined && { group }),
          })
          // With a key it may have changed what another job is given, and as whom that runs.
          const details = { name, created: job.created, ...(on_conflict !== undefined && { on_conflict }) }
          context.audit.record(tx, auditedAction('job.pushed', { actor, request, id: job.id ?? '', details }))
          return job
        })
        return reply(201, { id: value.id ?? '', created: value.created })
      },
    }),
    route({
      method: 'GET',
      path: '/api/admin/jobs/:id',
      name: 'getJobDetail',
      summary: 'Get a job with its payload',
      access: admin(JOBS_AREA, 'read'),
      responses: { 200: jobDetail },
      async handle({ params }) {
        const job = requireJob(database, params.id)
        await jobs.ready(job.name)
        return jobDetailOf(jobs, job)
      },
    }),
    action(context, {
      verb: 'retry',
      event: 'job.retried',
      run: jobs.retry,
      summary: 'Run a job again that failed or was cancelled, or one that waits for its time now',
    }),
    action(context, {
      verb: 'cancel',
      event: 'job.cancelled',
      run: jobs.cancel,
      summary: 'Cancel a job; one that is running is asked to stop',
    }),
    route({
      method: 'DELETE',
      path: '/api/admin/jobs/:id',
      name: 'deleteJob',
      summary: 'Delete a job that does not run',
      access: admin(JOBS_AREA, 'write'),
      responses: { 204: null },
      async handle({ actor, params, request }) {
        await database.write((tx) => {
          jobs.remove(tx, params.id)
          context.audit.record(tx, auditedAction('job.deleted', { actor, request, id: params.id }))
        })
        return reply(204, null)
      },
    }),
  ]
}

interface Action {
  readonly verb: 'retry' | 'cancel'
  readonly event: 'job.retried' | 'job.cancelled'
  readonly summary: string
  run(tx: Tx, id: string): void
}

function action({ jobs, database, audit }: AdminContext, { verb, event, summary, run }: Action): Route {
  return route({
    method: 'POST',
    path: `/api/admin/jobs/:id/${verb}`,
    name: `${verb}Job`,
    summary,
    access: admin(JOBS_AREA, 'write'),
    responses: { 200: jobDetail },
    async handle({ actor, params, request }) {
      await database.write((tx) => {
        run(tx, params.id)
        audit.record(tx, auditedAction(event, { actor, request, id: params.id }))
      })
      return jobDetailOf(jobs, requireJob(database, params.id))
    },
  })
}

function enqueuer(actor: Actor): JobActor {
  switch (actor.kind) {
    case 'operator':
    case 'service_key':
      return { kind: actor.kind, id: actor.id }
    default:
      return { kind: 'system' }
  }
}

function before(cursor: string | undefined): number | null {
  if (cursor === undefined) return null
  const seq = Number(cursor)
  if (!Number.isSafeInteger(seq)) throw new AppError('INVALID_REQUEST', 'This cursor is not one of this list.')
  return seq
}
