import { type Actor, AppError, type Credentials, concernsActor } from '@koyalite/contracts'

/** Who a caller is when they are asked again (`now` throws UNAUTHENTICATED), until `end`. */
export interface WatchedActor {
  now(): Actor | Promise<Actor>
  end(): void
}

/**
 * Who a caller is while their call runs: as when it began, until something about them has changed; then it is asked again. (That a token expires meanwhile
 * ends no call that had begun.)
 */
export function watchActors(credentials: Pick<Credentials, 'subscribe'>) {
  const watched = new Set<Watched>()
  const end = credentials.subscribe((changed) => {
    for (const one of watched) {
      if (concernsActor(changed, one.actor)) one.isStale = true
    }
  })
  return {
    /** @param again who they are now; throws UNAUTHENTICATED */
    watch(actor: Actor, again: () => Actor | Promise<Actor>): WatchedActor {
      const one: Watched = { actor, isStale: false }
      if (actor.kind !== 'anonymous' && actor.kind !== 'system') watched.add(one)
      return {
        now: () => (one.isStale ? again() : one.actor),
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

/** Whose credential a request has, as they are now. Throws UNAUTHENTICATED. */
export async function callerOf(credentials: Credentials, headers: Headers): Promise<Actor> {
  const presented = credentials.credentialOf(headers)
  if (presented === null) throw new AppError('UNAUTHENTICATED', 'The caller of this function is signed out.')
  return (await credentials.identify(presented.token)).actor
}
