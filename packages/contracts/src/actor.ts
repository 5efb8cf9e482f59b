/** What a service key may be made for. `admin` includes every other scope. */
export const KEY_SCOPES = [
  'admin',
  'data:read',
  'data:write',
  'auth',
  'files',
  'functions:invoke',
  'schema',
  'logs',
  'sql',
] as const
export type KeyScope = (typeof KEY_SCOPES)[number]

/** Scopes of features that are not in this version: a key with one would grant access to features that do not exist yet. */
const NOT_YET: ReadonlySet<KeyScope> = new Set(['files'])

/** What keys can be made for now. */
export const GRANTABLE_SCOPES: readonly KeyScope[] = KEY_SCOPES.filter((scope) => !NOT_YET.has(scope))

/** A scope, and the collections or functions it is limited to (all, where absent). */
export interface GrantedScope {
  readonly scope: KeyScope
  readonly collections?: readonly string[]
  /** Of `functions:invoke`. */
  readonly functions?: readonly string[]
}

/** Roles of operators, the most powerful first. */
export const OPERATOR_ROLES = ['owner', 'admin', 'editor', 'viewer'] as const
export type OperatorRole = (typeof OPERATOR_ROLES)[number]

/** Who makes a request. Determined once per request, then passed explicitly. */
export type Actor =
  | { readonly kind: 'anonymous' }
  | {
      readonly kind: 'user'
      readonly id: string
      readonly email: string
      readonly role: string
      readonly verified: boolean
      readonly metadata: unknown
      /** Written by operators, service keys and the server only. */
      readonly claims: unknown
      readonly sessionId: string
      /** The operator who acts in this user's name: everything they do is audited, and credentials are out of their reach. */
      readonly impersonator?: { readonly id: string; readonly email: string }
    }
  | {
      readonly kind: 'operator'
      readonly id: string
      readonly email: string
      readonly role: OperatorRole
      readonly sessionId: string
    }
  | { readonly kind: 'service_key'; readonly id: string; readonly scopes: readonly GrantedScope[] }
  /** The server itself, and the command line on the same machine; or a function that has the server's rights. */
  | { readonly kind: 'system'; readonly function?: string }

export const ANONYMOUS: Actor = { kind: 'anonymous' }
export const SYSTEM: Actor = { kind: 'system' }
