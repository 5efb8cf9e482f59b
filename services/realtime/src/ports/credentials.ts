import type { Actor } from '@koyalite/contracts'

/** Whom a credential stands for. */
export interface Identity {
  readonly actor: Actor
  /** When the credential is good for nothing any more, in milliseconds since 1970; null: not by itself. */
  readonly expiresAt: number | null
}

/**
 * What became different: a session that ended, or somebody whose role, standing or existence changed; or anything of all that, where
 * nobody can say what.
 */
export type ChangedIdentity =
  | { readonly kind: 'session' | 'user' | 'operator' | 'service_key'; readonly id: string }
  | { readonly kind: 'anything' }

/**
 * Who is who, for connections that outlive a request. Guarantee: after a listener was told, `identify` answers by what is true now.
 */
export interface Credentials {
  /** Whom a token stands for, whichever way it came. Throws UNAUTHENTICATED. */
  identify(token: string): Identity | Promise<Identity>
  /** The credential of a handshake or request: of its Authorization header, or else of a cookie. Null where it has none. */
  credentialOf(headers: Headers): { readonly token: string; readonly from: 'header' | 'cookie' } | null
  subscribe(listener: (changed: ChangedIdentity) => void): () => void
}
