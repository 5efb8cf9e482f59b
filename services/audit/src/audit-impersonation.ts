import { auditedActor } from '@koyalite/contracts'
import type { ApiRequest, Route } from '@koyalite/kernel'
import type { AuditContext } from './audit-context'
import { recordEvent } from './operations/record-event'

/**
 * The same routes; what an operator does in a user's name is kept before it is done, under both names. Requests of others pass as they are.
 */
export function auditImpersonation(context: AuditContext, routes: readonly Route[]): readonly Route[] {
  return routes.map((route) => ({
    ...route,
    handle(request) {
      const { actor } = request
      if (actor.kind !== 'user' || actor.impersonator === undefined) return route.handle(request)
      return recordRequest(context, route, request).then(() => route.handle(request))
    },
  }))
}

async function recordRequest(context: AuditContext, route: Route, request: ApiRequest): Promise<void> {
  await context.database.write((tx) =>
    recordEvent(
      tx,
      {
        event: 'impersonation.request',
        outcome: 'success',
        ...auditedActor(request.actor),
        target: { kind: 'route', id: `${route.method} ${route.path}` },
        ip: request.ip,
        requestId: request.id,
        details: { method: request.method, path: request.path.slice(0, 500) },
      },
      context.now(),
    ),
  )
}
