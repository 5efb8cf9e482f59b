import { admin } from '@koyalite/access'
import type { Actor } from '@koyalite/contracts'
import { pageOf, paginated, type Route, reply, route } from '@koyalite/kernel'
import { z } from 'zod'
import { SCHEDULES_AREA } from '../admin-areas'
import { nextFirings } from '../cron/firings'
import {
  changeSchedule,
  createSchedule,
  type Doer,
  knownSchedule,
  pauseSchedule,
  removeSchedule,
  resumeSchedule,
  runSchedule,
  type ScheduleChange,
} from '../operations/admin-operations'
import type { SchedulesContext } from '../schedules-context'
import { listFirings } from '../store/firings'
import { listSchedules } from '../store/schedules'
import { CHANGED_SCHEDULE, NEW_SCHEDULE } from './schedule-body'
import { firingView, iso, scheduleView, viewFiring, viewSchedule } from './schedule-view'

const schedules = paginated('schedules', scheduleView, {
  function: z.string().max(200).optional().describe('Only those of this function.'),
})
const firings = paginated('firings', firingView, {
  cursor: z
    .string()
    .regex(/^\d{1,15}$/, 'must be the next_cursor of a page')
    .optional(),
})

/** Schedules for operators: what runs by itself, when, and what came of it. */
export function scheduleRoutes(context: SchedulesContext): readonly Route[] {
  const { database } = context
  const read = admin(SCHEDULES_AREA, 'read')
  const write = admin(SCHEDULES_AREA, 'write')
  return [
    route({
      method: 'GET',
      path: '/api/admin/schedules',
      name: 'listSchedules',
      summary: 'List schedules by name',
      access: read,
      query: schedules.query,
      responses: { 200: schedules.response },
      handle({ query: { limit, cursor, function: of } }) {
        const found = listSchedules(database, { function: of, after: cursor ?? null, limit: limit + 1 })
        const { page, next_cursor } = pageOf(found, limit, ({ name }) => name)
        return { schedules: page.map((one) => viewSchedule(context, one)), next_cursor }
      },
    }),
    route({
      method: 'POST',
      path: '/api/admin/schedules',
      name: 'createSchedule',
      summary: 'Run a function by a schedule',
      access: write,
      body: NEW_SCHEDULE,
      responses: { 201: scheduleView },
      async handle({ body: { jitter, ...wanted }, ...call }) {
        const made = await createSchedule(context, { ...wanted, jitterMs: jitter }, doerOf(call))
        return reply(201, viewSchedule(context, made))
      },
    }),
    route({
      method: 'GET',
      path: '/api/admin/schedules/:name',
      name: 'getSchedule',
      summary: 'Get a schedule',
      access: read,
      responses: { 200: scheduleView },
      handle: ({ params }) => viewSchedule(context, knownSchedule(database, params.name)),
    }),
    route({
      method: 'PATCH',
      path: '/api/admin/schedules/:name',
      name: 'changeSchedule',
      summary: 'Change a schedule that was made with the admin API',
      access: write,
      body: CHANGED_SCHEDULE,
      responses: { 200: scheduleView },
      async handle({ params, body: { jitter, ...rest }, ...call }) {
        const given = Object.entries({ ...rest, jitterMs: jitter }).filter(([, value]) => value !== undefined)
        // What was not sent has been left out.
        const change = Object.fromEntries(given) as ScheduleChange
        return viewSchedule(context, await changeSchedule(context, params.name, { change, doer: doerOf(call) }))
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/admin/schedules/:name',
      name: 'deleteSchedule',
      summary: 'Delete a schedule that was made with the admin API',
      access: write,
      responses: { 204: null },
      async handle({ params, ...call }) {
        await removeSchedule(context, params.name, doerOf(call))
        return reply(204, null)
      },
    }),
    route({
      method: 'POST',
      path: '/api/admin/schedules/:name/pause',
      name: 'pauseSchedule',
      summary: 'Pause a schedule: it fires nothing until it is resumed',
      access: write,
      responses: { 200: scheduleView },
      handle: async ({ params, ...call }) =>
        viewSchedule(context, await pauseSchedule(context, params.name, doerOf(call))),
    }),
    route({
      method: 'POST',
      path: '/api/admin/schedules/:name/resume',
      name: 'resumeSchedule',
      summary: 'Resume a schedule: what was due while it was paused was missed',
      access: write,
      responses: { 200: scheduleView },
      handle: async ({ params, ...call }) =>
        viewSchedule(context, await resumeSchedule(context, params.name, doerOf(call))),
    }),
    route({
      method: 'POST',
      path: '/api/admin/schedules/:name/run',
      name: 'runSchedule',
      summary: 'Run the function of a schedule now',
      access: write,
      responses: { 202: z.object({ job: z.string() }) },
      handle: async ({ params, ...call }) => reply(202, { job: await runSchedule(context, params.name, doerOf(call)) }),
    }),
    route({
      method: 'GET',
      path: '/api/admin/schedules/:name/next',
      name: 'nextScheduleFirings',
      summary: 'List the next times at which a schedule is due',
      access: read,
      query: z.strictObject({
        count: z
          .string()
          .regex(/^([1-9]\d?|100)$/, 'must be a whole number from 1 to 100')
          .default('10')
          .transform(Number),
      }),
      responses: { 200: z.object({ timezone: z.string(), next: z.array(z.iso.datetime()) }) },
      handle({ params, query: { count } }) {
        const schedule = knownSchedule(database, params.name)
        return { timezone: schedule.timezone, next: nextFirings(schedule, context.now(), count).map(iso) }
      },
    }),
    route({
      method: 'GET',
      path: '/api/admin/schedules/:name/firings',
      name: 'listScheduleFirings',
      summary: 'List what the last firings of a schedule came to, newest first',
      access: read,
      query: firings.query,
      responses: { 200: firings.response },
      handle({ params, query: { limit, cursor } }) {
        const { name } = knownSchedule(database, params.name)
        const before = cursor === undefined ? null : Number(cursor)
        const found = listFirings(database, name, { before, limit: limit + 1 })
        const { page, next_cursor } = pageOf(found, limit, ({ id }) => String(id))
        return { firings: page.map((one) => viewFiring(context, one)), next_cursor }
      },
    }),
  ]
}

function doerOf({ actor, request }: { actor: Actor; request: { ip: string; id: string } }): Doer {
  return { actor, ip: request.ip, requestId: request.id }
}
