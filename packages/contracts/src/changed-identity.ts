import type { Actor } from './actor'
import type { ChangedIdentity } from './ports/credentials'

/** Whether somebody may be another than before: their rights have to be looked up again. */
export function concernsActor(changed: ChangedIdentity, actor: Actor): boolean {
  if (actor.kind === 'anonymous' || actor.kind === 'system') return false
  if (changed.kind === 'anything') return true
  if (changed.kind === 'session') return 'sessionId' in actor && actor.sessionId === changed.id
  return changed.kind === actor.kind && changed.id === actor.id
}
