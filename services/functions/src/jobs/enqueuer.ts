import type { Actor, JobActor } from '@koyalite/contracts'

/** Somebody as jobs remember who asked for them. */
export function enqueuerOf(actor: Actor): JobActor {
  switch (actor.kind) {
    case 'anonymous':
      return { kind: 'anonymous' }
    case 'system':
      return actor
    case 'operator':
    case 'service_key':
      return { kind: actor.kind, id: actor.id }
    case 'user': {
      const { id, impersonator } = actor
      return { kind: 'user', id, ...(impersonator && { impersonator }) }
    }
  }
}
