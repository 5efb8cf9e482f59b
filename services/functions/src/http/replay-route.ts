import { admin } from '@koyalite/access'
import { AppError, auditedActor } from '@koyalite/contracts'
import { type Route, route } from '@koyalite/kernel'
import { z } from 'zod'
import { FUNCTIONS_AREA } from '../admin-areas'
import { functionNotFound } from '../calls/may-call'
import { EVENT_SUBSCRIBER, eventsOf } from '../events/event-jobs'
import type { AdminContext } from './admin-routes'

/** What a function was called for, or should have been: once more, as far back as the change log reaches. */
export function replayRoute({ functions, events, jobs: queue, audit, log }: AdminContext): Route {
  return route({
    method: 'POST',
    path: '/api/admin/functions/:name/replay',
    name: 'replayFunctionEvents',
    summary: 'Call a function again for what happened since a time, as far back as the change log reaches',
    access: admin(FUNCTIONS_AREA, 'write'),
    body: z.strictObject({ from: z.iso.datetime({ offset: true }) }),
    responses: { 200: z.object({ events: z.int().describe('How many it is called for.') }) },
    async handle({ actor, params: { name }, body, request }) {
      await functions.loaded()
      const state = functions.state(name)
      if (state === undefined) throw functionNotFound(name)
      const { serving } = state
      if (serving === null || serving.events.length === 0)
        throw new AppError('CONFLICT', `'${name}' is called for no events: its manifest has no \`events\`.`)
      const count = await events.replay({
        ...{ subscriber: EVENT_SUBSCRIBER, from: new Date(body.from), patterns: serving.events },
        deliver: eventsOf(serving, { queue, log }),
      })
      await audit.keep([
        {
          ...{ event: 'function.events_replayed', outcome: 'success', ...auditedActor(actor) },
          ...{ target: { kind: 'function', id: name }, ip: request.ip, requestId: request.id },
          details: { from: body.from, events: count },
        },
      ])
      return { events: count }
    },
  })
}
