import { type Actor, type AuditEvent, auditedActor } from '@koyalite/contracts'
import type { ApiRequest } from '@koyalite/kernel'

/** What an operator did to an email or an address, for the audit log. */
export function auditedMail(
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
  const target = { kind: 'mail', id }
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
