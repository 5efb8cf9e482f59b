import type { Actor } from '@koyalite/contracts'
import type { SubjectKind } from '../store/sessions'

/** An access token or service key that was checked: whom it stands for, until when. */
export interface VerifiedToken {
  readonly actor: Actor
  /** What makes it untrue when it changes or ends. */
  readonly restsOn: readonly Named[]
  /** Milliseconds since 1970; null for service keys, which do not end by themselves. */
  readonly expiresAt: number | null
}

interface Named {
  readonly kind: 'session' | 'service_key' | SubjectKind
  readonly id: string
}

/**
 * What is no longer as it was: a session that ended, a key that was revoked, somebody whose role, address or standing changed; or anything
 * of all that, where nobody can say what.
 */
export type Forgotten = Named | { readonly kind: 'anything' }

/**
 * Tokens and keys that were verified, so that a signature is checked and a session looked up once per token and not once per request.
 * Whatever ends or changes one must say so here, after it is committed; from then on nothing is remembered of it.
 */
export interface VerifiedTokens {
  find(token: string, now: number): VerifiedToken | undefined
  remember(token: string, verified: VerifiedToken): void
  forget(what: Forgotten): void
  /** Moves whenever anything is forgotten: what was read before and is remembered after would be out of date. */
  readonly forgets: number
  /** Told of everything that is forgotten, remembered or not: a connection may outlive what is remembered of its token. */
  subscribe(listener: (what: Forgotten) => void): () => void
}

/** One session, user, operator or key that remembered tokens rest on: all of them see at once that it is not as it was. */
interface Ground {
  readonly name: string
  holds: boolean
  tokens: number
}

interface Remembered {
  readonly verified: VerifiedToken
  readonly grounds: readonly Ground[]
}

export function createVerifiedTokens(maxTokens = 50_000): VerifiedTokens {
  const tokens = new Map<string, Remembered>()
  /** By name: `session id`, `user id` … */
  const grounds = new Map<string, Ground>()
  const listeners = new Set<(what: Forgotten) => void>()
  let forgets = 0

  function stand(named: Named): Ground {
    const name = nameOf(named)
    const ground = grounds.get(name) ?? { name, holds: true, tokens: 0 }
    ground.tokens++
    grounds.set(name, ground)
    return ground
  }

  function drop(token: string): void {
    for (const ground of tokens.get(token)?.grounds ?? []) {
      ground.tokens--
      if (ground.tokens === 0 && ground.holds) grounds.delete(ground.name)
    }
    tokens.delete(token)
  }

  return {
    find(token, now) {
      const known = tokens.get(token)
      if (known === undefined) return undefined
      const { expiresAt } = known.verified
      if ((expiresAt === null || expiresAt > now) && known.grounds.every(({ holds }) => holds)) return known.verified
      drop(token)
      return undefined
    },
    remember(token, verified) {
      drop(token)
      const oldest = tokens.size >= maxTokens ? tokens.keys().next().value : undefined
      if (oldest !== undefined) drop(oldest)
      tokens.set(token, { verified, grounds: verified.restsOn.map(stand) })
    },
    get forgets() {
      return forgets
    },
    forget(what) {
      forgets++
      if (what.kind === 'anything') {
        tokens.clear()
        grounds.clear()
      } else {
        const ground = grounds.get(nameOf(what))
        if (ground !== undefined) {
          // Its tokens go when they are asked for, or when they are the oldest; a later one gets ground of its own.
          ground.holds = false
          grounds.delete(ground.name)
        }
      }
      for (const listener of listeners) listener(what)
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

function nameOf({ kind, id }: Named): string {
  return `${kind} ${id}`
}
