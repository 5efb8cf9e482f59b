import type { Actor } from '../actor'

/** Whom a credential stands for. */
export interface Identity {
  readonly actor: Actor
  /** When the credential is no longer valid, in milliseconds since 1970; null: it does not expire by itself. */
  readonly expiresAt: number | null
  /** The session with which it ends, where the actor does not name it: an operator may follow what an anonymous caller sees. */
  readonly sessionId?: string
}

/**
 * What became different: a session that ended, or somebody whose role, standing or existence changed; or anything of all that, where
 * nobody can say what.
 */
export type ChangedIdentity =
  | { readonly kind: 'session' | 'user' | 'operator' | 'service_key'; readonly id: string }
  | { readonly kind: 'anything' }

/** A credential as it came with a handshake or request. */
export interface PresentedCredential {
  readonly token: string
  readonly from: 'header' | 'cookie'
}

/** Who is who, for connections that outlive a request. Guarantee: after a listener was notified, `identify` returns what is true now. */
export interface Credentials {
  /** Whom a token stands for, whichever way it came. Throws UNAUTHENTICATED. */
  identify(token: string): Identity | Promise<Identity>
  /**
   * The credential of a handshake or request: of its Authorization header, or else of a cookie. Null where it has none. Throws UNAUTHENTICATED for a
   * header of another form.
   */
  credentialOf(headers: Headers): PresentedCredential | null
  /** Returns what ends the subscription. */
  subscribe(listener: (changed: ChangedIdentity) => void): () => void
}
