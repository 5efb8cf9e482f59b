import type { Actor } from '@koyalite/contracts'
import type { SubjectKind } from '../store/sessions'

/** An access token or service key that was checked: whom it stands for, until when. */
export interface VerifiedToken {
  readonly actor: Actor
  /** What makes it untrue when it changes or ends. */
  readonly restsOn: readonly Forgotten[]
  readonly csrf: string | null
  /** Milliseconds since 1970; null for service keys, which do not end by themselves. */
  readonly expiresAt: number | null
}

/** What is no longer as it was: a session that ended, a key that was revoked, or somebody whose role, address or standing changed. */
export interface Forgotten {
  readonly kind: 'session' | 'service_key' | SubjectKind
  readonly id: string
}

/**
 * Tokens and keys that were verified, so that a signature is checked and a session looked up once per token and not once per request.
 * Whatever ends or changes one must say so here, after it is committed; from then on nothing is remembered of it.
 */
export interface VerifiedTokens {
  find(token: string, now: number): VerifiedToken | undefined
  remember(token: string, verified: VerifiedToken): void
  forget(what: Forgotten): void
  /** Where it is not known what has ended: all are looked up again. */
  forgetAll(): void
  /** Moves whenever anything is forgotten: what was read before and is remembered after would be out of date. */
  readonly forgets: number
  /** Told of everything that is forgotten, for connections that outlive a request. */
  subscribe(listener: (what: Forgotten) => void): () => void
}

export function createVerifiedTokens(maxTokens = 50_000): VerifiedTokens {
  const tokens = new Map<string, VerifiedToken>()
  /** Tokens by what they rest on: `session id`, `user id` … */
  const index = new Map<string, Set<string>>()
  const listeners = new Set<(what: Forgotten) => void>()
  let forgets = 0

  function drop(token: string): void {
    const verified = tokens.get(token)
    if (verified === undefined) return
    tokens.delete(token)
    for (const name of verified.restsOn.map(nameOf)) {
      const same = index.get(name)
      same?.delete(token)
      if (same?.size === 0) index.delete(name)
    }
  }

  return {
    find(token, now) {
      const verified = tokens.get(token)
      if (verified === undefined || verified.expiresAt === null || verified.expiresAt > now) return verified
      drop(token)
      return undefined
    },
    remember(token, verified) {
      const oldest = tokens.size >= maxTokens ? tokens.keys().next().value : undefined
      if (oldest !== undefined) drop(oldest)
      tokens.set(token, verified)
      for (const name of verified.restsOn.map(nameOf)) {
        const same = index.get(name)
        if (same) same.add(token)
        else index.set(name, new Set([token]))
      }
    },
    get forgets() {
      return forgets
    },
    forgetAll() {
      for (const { restsOn } of [...tokens.values()]) if (restsOn[0] !== undefined) this.forget(restsOn[0])
    },
    forget(what) {
      forgets++
      for (const token of [...(index.get(nameOf(what)) ?? [])]) drop(token)
      for (const listener of listeners) listener(what)
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

function nameOf({ kind, id }: Forgotten): string {
  return `${kind} ${id}`
}
