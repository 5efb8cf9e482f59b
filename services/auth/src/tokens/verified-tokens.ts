import type { Actor } from '@koyalite/contracts'
import type { SubjectKind } from '../store/sessions'

/** An access token that was checked: whom it stands for, until when. */
export interface VerifiedToken {
  readonly actor: Actor
  readonly kind: SubjectKind
  readonly subject: string
  readonly sessionId: string
  readonly csrf: string | null
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

/** What is no longer as it was: a session that ended, or somebody whose role, address or standing changed. */
export type Forgotten =
  | { readonly kind: 'session'; readonly id: string }
  | { readonly kind: SubjectKind; readonly id: string }

/**
 * Tokens that were verified, so that a signature is checked and a session looked up once per token and not once per request.
 * Whatever ends or changes a session must say so here, after it is committed; from then on nothing is remembered of it.
 */
export interface VerifiedTokens {
  find(token: string, now: number): VerifiedToken | undefined
  remember(token: string, verified: VerifiedToken): void
  forget(what: Forgotten): void
  /** Where it is not known what has ended: all sessions are looked up again. */
  forgetAll(): void
  /** Moves whenever anything is forgotten: what was read before and is remembered after would be out of date. */
  readonly forgets: number
  /** Told of everything that is forgotten, for connections that outlive a request. */
  subscribe(listener: (what: Forgotten) => void): () => void
}

export function createVerifiedTokens(maxTokens = 50_000): VerifiedTokens {
  const tokens = new Map<string, VerifiedToken>()
  /** Tokens by `session id`, `user id` and `operator id`. */
  const index = new Map<string, Set<string>>()
  const listeners = new Set<(what: Forgotten) => void>()
  let forgets = 0

  function drop(token: string): void {
    const verified = tokens.get(token)
    if (verified === undefined) return
    tokens.delete(token)
    for (const name of namesOf(verified)) {
      const same = index.get(name)
      same?.delete(token)
      if (same?.size === 0) index.delete(name)
    }
  }

  return {
    find(token, now) {
      const verified = tokens.get(token)
      if (verified === undefined || verified.expiresAt > now) return verified
      drop(token)
      return undefined
    },
    remember(token, verified) {
      const oldest = tokens.size >= maxTokens ? tokens.keys().next().value : undefined
      if (oldest !== undefined) drop(oldest)
      tokens.set(token, verified)
      for (const name of namesOf(verified)) {
        const same = index.get(name)
        if (same) same.add(token)
        else index.set(name, new Set([token]))
      }
    },
    get forgets() {
      return forgets
    },
    forgetAll() {
      for (const { sessionId } of [...tokens.values()]) this.forget({ kind: 'session', id: sessionId })
    },
    forget(what) {
      forgets++
      for (const token of [...(index.get(`${what.kind} ${what.id}`) ?? [])]) drop(token)
      for (const listener of listeners) listener(what)
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

function namesOf({ kind, subject, sessionId }: VerifiedToken): readonly string[] {
  return [`session ${sessionId}`, `${kind} ${subject}`]
}
