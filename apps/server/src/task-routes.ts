import { admin } from '@koyalite/access'
import { AppError, type AuditEvent, auditedActor } from '@koyalite/contracts'
import { JOBS_AREA } from '@koyalite/jobs'
import { type Route, route, type TaskStatus, type Tasks } from '@koyalite/kernel'
import { z } from 'zod'

export interface TaskRoutesOptions {
  readonly tasks: Tasks
  /** Stores an event in the audit log. */
  readonly audit: { keep(events: readonly AuditEvent[]): Promise<void> }
}

const run = z.object({
  at: z.iso.datetime(),
  ok: z.boolean(),
  message: z.string().nullable(),
  duration_ms: z.int(),
})
const task = z.object({
  name: z.string(),
  summary: z.string(),
  schedule: z.string().nullable(),
  running: z.boolean(),
  next: z.iso.datetime().nullable(),
  last: run.nullable(),
  last_failure: run.nullable(),
  runs: z.int(),
  failures: z.int(),
})

/** Background work: what there is, how it went, and a way to run it now. */
export function taskRoutes({ tasks, audit }: TaskRoutesOptions): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/admin/tasks',
      name: 'listTasks',
      summary: 'List background tasks with their schedules and last runs',
      access: admin(JOBS_AREA, 'read'),
      responses: { 200: z.object({ tasks: z.array(task) }) },
      handle: () => ({ tasks: tasks.list().map(view) }),
    }),
    route({
      method: 'POST',
      path: '/api/admin/tasks/:name/run',
      name: 'runTask',
      summary: 'Run a background task now and wait for it to finish',
      access: admin(JOBS_AREA, 'write'),
      responses: { 200: task },
      async handle({ actor, params, request: { ip, id: requestId } }) {
        const found = tasks.find(params.name)
        if (found === null) throw new AppError('NOT_FOUND', `There is no task '${params.name}'.`)
        await found.run()
        const status = found.status()
        const { ok = false } = status.last ?? {}
        const target = { kind: 'task', id: status.name }
        const outcome = ok ? 'success' : 'failure'
        await audit.keep([{ event: 'task.run', outcome, ...auditedActor(actor), target, ip, requestId }])
        return view(status)
      },
    }),
  ]
}

function view({ name, summary, schedule, isRunning, next, last, lastFailure, runs, failures }: TaskStatus) {
  const ended = (run: TaskStatus['last']) => {
    if (run === null) return null
    const { at, ok, message, durationMs } = run
    return { at, ok, message, duration_ms: durationMs }
  }
  return {
    ...{ name, summary, schedule, running: isRunning, next },
    ...{ last: ended(last), last_failure: ended(lastFailure), runs, failures },
  }
}
