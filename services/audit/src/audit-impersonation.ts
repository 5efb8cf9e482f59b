import { auditedActor } from '@koyalite/contracts'
import type { ApiRequest, Route } from '@koyalite/kernel'
import type { AuditContext } from './audit-context'
import { recordEvent } from './operations/record-event'

/** Stores what an operator is about to do in a user's name, under both names. Requests of others pass as they are. */
export function auditImpersonation(
  context: AuditContext,
  request: ApiRequest,
  route: Route,
): Promise<void> | undefined {
  const { actor } = request
  return actor.kind === 'user' && actor.impersonator !== undefined ? recordRequest(context, route, request) : undefined
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
