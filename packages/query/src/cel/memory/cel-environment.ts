import type { Collection, Field, JsonValue } from '@koyalite/schema'
import type { CelTimestamp } from './cel-value'

/** The caller as rules see it. For anonymous callers everything is null, `verified` false, and nothing is permitted. */
export interface AuthFacts {
  readonly id: string | null
  readonly email: string | null
  readonly role: string | null
  readonly verified: boolean
  /** Written by the user: nothing to grant rights by. */
  readonly metadata: JsonValue
  /** Written by operators, service keys and the server. */
  readonly claims: JsonValue
  /** What `auth.can` grants: see `isGranted`. */
  readonly permissions: readonly string[]
}

export const ANONYMOUS_FACTS: AuthFacts = {
  id: null,
  email: null,
  role: null,
  verified: false,
  metadata: null,
  claims: null,
  permissions: [],
}

/** The request, as rules see it. `headers` by lower-case name. */
export interface RequestFacts {
  readonly method: string
  readonly ip: string
  /** Milliseconds since 1970. */
  readonly time: number
  readonly body: JsonValue
  readonly headers: Readonly<Record<string, string>>
}

/** A document in the API's shape: booleans, canonical timestamps, json values, blobs as base64 or bytes. A missing field is null. */
export interface CelDocument {
  readonly [field: string]: JsonValue | bigint | Uint8Array | undefined
}

/** What an expression depends on besides documents. */
export interface CelFacts {
  readonly auth: AuthFacts
  readonly request: RequestFacts
  /** Where they are about a class of callers instead of one: what is not the same for all of them. */
  readonly open?: OpenFacts
}

/** What is not known of a caller of whom only the class is: "a user of the role editor", "the owner of the document". */
export interface OpenFacts {
  /** Parts of `auth` whose values may be any. An `id` among them is there, whatever it is. */
  readonly auth: ReadonlySet<'id' | 'email' | 'verified' | 'metadata' | 'claims'>
  /** The field of `doc` and `old` that holds the caller's id; null where none is known to. */
  readonly owns: string | null
}

/** The document at the end of a reference: `unreadable` where it exists but the caller may not read it. */
export type Followed = CelDocument | null | 'unreadable'

/** Everything that an expression looks at when it runs in memory. */
export interface CelEnvironment extends CelFacts {
  /** By the name of the scope: `doc`, `old`. */
  readonly documents: Readonly<Record<string, CelDocument>>
  /** The document of `target` whose `key` field has this value, which is never null. */
  follow(target: Collection, key: Field, value: JsonValue | bigint): Followed
  rows(collection: Collection): Iterable<CelDocument>
}

/** An expression while it runs: `slots` holds the variables of macros, by number. */
export interface Frame {
  readonly environment: CelEnvironment
  readonly slots: unknown[]
  /** The time of the request as a value, made once. */
  time?: CelTimestamp
}
