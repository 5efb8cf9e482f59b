import type { Actor } from '@koyalite/contracts'
import type { SubjectKind } from '../store/sessions'

/** An access token or service key that was verified: whom it stands for, until when. */
export interface VerifiedToken {
  readonly actor: Actor
  /** Invalidates it when one of them changes or ends. */
  readonly dependsOn: readonly Named[]
  /** Milliseconds since 1970; null for service keys, which do not expire. */
  readonly expiresAt: number | null
}

interface Named {
  readonly kind: 'session' | 'service_key' | SubjectKind
  readonly id: string
}

/**
 * What invalidates cached credentials: a session that ended, a key that was revoked, somebody whose role, address or account
 * changed; or anything of all that, where it is not known what.
 */
export type Invalidation = Named | { readonly kind: 'anything' }

/**
 * Cache of verified tokens and keys: a signature is checked and a session looked up once per token, not once per
 * request. Whatever ends or changes one invalidates it here, after its commit; from then on nothing cached depends on
 * it.
 */
export interface VerifiedTokens {
  find(token: string, now: number): VerifiedToken | undefined
  add(token: string, verified: VerifiedToken): void
  invalidate(what: Invalidation): void
  /** Number of invalidations so far: what was read before one and would be added after it is out of date. */
  readonly invalidations: number
  /**
   * Notified of every invalidation, whether anything cached depends on it or not: a connection may outlive the cached
   * token.
   */
  subscribe(listener: (what: Invalidation) => void): () => void
}

/** One session, user, operator or key: all tokens that depend on it see at once that it is invalid. */
interface Dependency {
  readonly name: string
  isValid: boolean
  tokens: number
}

interface CachedToken {
  readonly verified: VerifiedToken
  readonly dependencies: readonly Dependency[]
}

export function createVerifiedTokens(maxTokens = 50_000): VerifiedTokens {
  const tokens = new Map<string, CachedToken>()
  /** By name: `session id`, `user id` … */
  const dependencies = new Map<string, Dependency>()
  const listeners = new Set<(what: Invalidation) => void>()
  let invalidations = 0

  function depend(named: Named): Dependency {
    const name = nameOf(named)
    const dependency = dependencies.get(name) ?? { name, isValid: true, tokens: 0 }
    dependency.tokens++
    dependencies.set(name, dependency)
    return dependency
  }

  function remove(token: string): void {
    for (const dependency of tokens.get(token)?.dependencies ?? []) {
      dependency.tokens--
      if (dependency.tokens === 0 && dependency.isValid) dependencies.delete(dependency.name)
    }
    tokens.delete(token)
  }

  return {
    find(token, now) {
      const cached = tokens.get(token)
      if (cached === undefined) return undefined
      const { expiresAt } = cached.verified
      const isCurrent = expiresAt === null || expiresAt > now
      if (isCurrent && cached.dependencies.every(({ isValid }) => isValid)) return cached.verified
      remove(token)
      return undefined
    },
    add(token, verified) {
      remove(token)
      const oldest = tokens.size >= maxTokens ? tokens.keys().next().value : undefined
      if (oldest !== undefined) remove(oldest)
      tokens.set(token, { verified, dependencies: verified.dependsOn.map(depend) })
    },
    get invalidations() {
      return invalidations
    },
    invalidate(what) {
      invalidations++
      if (what.kind === 'anything') {
        tokens.clear()
        dependencies.clear()
      } else {
        const dependency = dependencies.get(nameOf(what))
        if (dependency !== undefined) {
          // Its tokens are removed when they are looked up, or as the oldest; a later one gets a dependency of its
          // own.
          dependency.isValid = false
          dependencies.delete(dependency.name)
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
