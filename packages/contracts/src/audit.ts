import type { Actor } from './actor'

/** The author of an event, as the audit log names them. */
export interface AuditActor {
  readonly kind: Actor['kind']
  readonly id: string | null
  /** What people call them: an e-mail address, mostly. */
  readonly name: string | null
}

/** An event, as it is stored. Never contains a secret: no password, token, code, or hash of one. */
export interface AuditEvent {
  /** `auth.login`, `key.created`, `schema.applied`: area, then what happened. */
  readonly event: string
  readonly outcome: 'success' | 'failure'
  readonly actor: AuditActor
  /** The operator who acts in the actor's name. */
  readonly impersonator?: AuditActor
  readonly target?: { readonly kind: string; readonly id: string | null; readonly name?: string | null }
  readonly ip?: string | null
  readonly requestId?: string | null
  /** What else matters, as JSON; of changed settings and schemas `before` and `after`. */
  readonly details?: Readonly<Record<string, unknown>>
}

/** An actor as the audit log names them; spread into an event. */
export function auditedActor(actor: Actor): Pick<AuditEvent, 'actor' | 'impersonator'> {
  switch (actor.kind) {
    case 'anonymous':
      return { actor: { kind: actor.kind, id: null, name: null } }
    case 'system':
      return { actor: { kind: actor.kind, id: null, name: actor.function ?? null } }
    case 'service_key':
      return { actor: { kind: actor.kind, id: actor.id, name: null } }
    case 'operator':
      return { actor: { kind: actor.kind, id: actor.id, name: actor.email } }
    case 'user': {
      const { impersonator } = actor
      const own = { actor: { kind: actor.kind, id: actor.id, name: actor.email } }
      return impersonator
        ? { ...own, impersonator: { kind: 'operator', id: impersonator.id, name: impersonator.email } }
        : own
    }
  }
}

/** What somebody did by a request, for the audit log. */
export interface AuditedRequest {
  readonly actor: Actor
  readonly request: { readonly ip: string; readonly id: string }
  /** Of what it was done to. */
  readonly id: string
  readonly details?: Readonly<Record<string, unknown>>
}

/** Events of one kind of target that succeeded. */
export function auditedAs(kind: string): (event: string, done: AuditedRequest) => AuditEvent {
  return (event, { actor, request: { ip, id: requestId }, id, details }) => {
    const target = { kind, id }
    return { event, outcome: 'success', ...auditedActor(actor), target, ip, requestId, ...(details && { details }) }
  }
}
