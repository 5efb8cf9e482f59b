import type { Actor } from './actor'

/** Who called, as `ctx.auth` has it: see PROTOCOL.md of services/functions. Null for anonymous callers. */
export function authOfActor(actor: Actor): Readonly<Record<string, unknown>> | null {
  switch (actor.kind) {
    case 'anonymous':
      return null
    case 'user': {
      const { id, email, role, verified, claims, metadata, impersonator } = actor
      return {
        ...{ kind: 'user', id, email, role, verified, claims, metadata },
        ...(impersonator === undefined ? {} : { impersonated_by: impersonator.id }),
      }
    }
    case 'operator':
      return { kind: 'operator', operator_id: actor.id, email: actor.email, role: actor.role }
    case 'service_key':
      return { kind: 'service', key_id: actor.id, scopes: actor.scopes.map(({ scope }) => scope) }
    case 'system':
      return { kind: 'system' }
  }
}
