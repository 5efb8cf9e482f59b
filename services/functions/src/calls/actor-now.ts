import { type Actor, AppError, type Credentials } from '@koyalite/contracts'

/**
 * Who a caller is while their call runs: as when it began, until something about them has changed; then their credential is asked again. (That a token
 * expires meanwhile ends no call that had begun.)
 */
export function watchActors(credentials: Credentials) {
  const watched = new Set<Watched>()
  const end = credentials.subscribe((changed) => {
    for (const one of watched) {
      if (changed.kind === 'anything' || concerns(one.actor, changed)) one.isStale = true
    }
  })
  return {
    /** Returns what tells it, and what ends that. */
    watch(actor: Actor, headers: Headers): { now(): Actor | Promise<Actor>; end(): void } {
      const one: Watched = { actor, isStale: false }
      if (actor.kind !== 'anonymous' && actor.kind !== 'system') watched.add(one)
      return {
        now: () => (one.isStale ? askAgain(credentials, headers) : one.actor),
        end: () => void watched.delete(one),
      }
    },
    close: end,
  }
}

interface Watched {
  readonly actor: Actor
  isStale: boolean
}

function concerns(actor: Actor, changed: { readonly kind: string; readonly id: string }): boolean {
  if (changed.kind === 'session') return 'sessionId' in actor && actor.sessionId === changed.id
  if (actor.kind === 'anonymous' || actor.kind === 'system') return false
  return changed.kind === actor.kind && changed.id === actor.id
}

async function askAgain(credentials: Credentials, headers: Headers): Promise<Actor> {
  const presented = credentials.credentialOf(headers)
  if (presented === null) throw new AppError('UNAUTHENTICATED', 'The caller of this function is signed out.')
  return (await credentials.identify(presented.token)).actor
}
