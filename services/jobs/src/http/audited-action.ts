import { type Actor, type AuditEvent, auditedActor } from '@koyalite/contracts'
import type { ApiRequest } from '@koyalite/kernel'

/** What an operator did to a job or a queue, for the audit log. */
export function auditedAction(
  event: string,
  {
    actor,
    request,
    id,
    details,
  }: {
    readonly actor: Actor
    readonly request: ApiRequest
    readonly id: string
    readonly details?: Readonly<Record<string, unknown>>
  },
): AuditEvent {
  const { ip, id: requestId } = request
  const target = { kind: 'job', id }
  return {
    event,
    outcome: 'success',
    ...auditedActor(actor),
    target,
    ip,
    requestId,
    ...(details && { details }),
  }
}
