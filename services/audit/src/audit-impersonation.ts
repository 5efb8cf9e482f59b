import { auditedActor } from '@koyalite/contracts'
import type { ApiRequest, Route } from '@koyalite/kernel'
import type { AuditContext } from './audit-context'
import { recordEvent } from './operations/record-event'

/**
 * Stores what an operator is about to do in a user's name, under both names, and what the code of a function is about to do with the server's rights.
 * Requests of others pass as they are.
 */
export function auditImpersonation(
  context: AuditContext,
  request: ApiRequest,
  route: Route,
): Promise<void> | undefined {
  const { actor } = request
  if (actor.kind === 'user' && actor.impersonator !== undefined)
    return recordRequest(context, 'impersonation.request', { route, request })
  if (actor.kind === 'system' && actor.function !== undefined)
    return recordRequest(context, 'function.admin_request', { route, request })
  return undefined
}

async function recordRequest(
  context: AuditContext,
  event: string,
  { route, request }: { readonly route: Route; readonly request: ApiRequest },
): Promise<void> {
  await context.database.write((tx) =>
    recordEvent(
      tx,
      {
        event,
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
