import type { Actor } from '../actor'
import type { AuditedCaller } from '../document-audit'
import type { Reads, Tx } from '../tx'

/** What signing in needs to know of a user's document. */
export interface UserFacts {
  readonly id: string
  /** Trimmed and lower-cased. */
  readonly email: string
  readonly role: string
  readonly verified: boolean
  readonly metadata: unknown
  readonly claims: unknown
}

/** Values of a user's document by field, as JSON. */
export type UserFields = Readonly<Record<string, unknown>>

/** Values for a user's document, by whose right they are written. */
export interface UserInput {
  /**
   * What somebody sent. `own`: they are the user themself, and may write what the field rules let that user write; never `id`, `role`
   * or `verified`. An actor: whatever that actor may write.
   */
  readonly fields: UserFields
  readonly by: Actor | 'own'
  /** Set by the server: no rights are asked, but the values are checked. */
  readonly server: UserFields
  readonly request: UserRequest
}

/** Who makes a request, for the audit log, and when: milliseconds since 1970, `now` in defaults. */
export interface UserRequest extends AuditedCaller {
  readonly time: number
}

/** What a page of users is asked for, as the parameters of REST's lists say it. */
export interface UserListQuery {
  /** `field:operator:value`; all of them hold. */
  readonly filter?: readonly string[] | undefined
  readonly where?: string | undefined
  readonly sort?: string | undefined
  readonly limit?: number | undefined
  readonly offset?: number | undefined
  /** The `next_cursor` of the page before. */
  readonly cursor?: string | undefined
  readonly count?: boolean | undefined
  readonly expand?: string | undefined
  readonly fields?: string | undefined
}

/**
 * The documents of `users`, as this service reads and writes them. Guarantees: values pass the same checks as over REST, addresses are
 * trimmed, lower-cased and unique, and the changes are in the change log.
 */
export interface UserDirectory {
  byId(reads: Reads, id: string): UserFacts | null
  /** By the address as it is stored. */
  byEmail(reads: Reads, email: string): UserFacts | null
  /**
   * Checks at once, writes when the returned function is called, which returns the id of the new user.
   * The rule `create` of `users` is about REST and is not asked. Throws VALIDATION_ERROR at once, CONFLICT from the function.
   */
  create(input: UserInput): (tx: Tx) => string
  /**
   * Where `users` has update rules and `by` is `own`, they apply to `fields`; where it has none, users may change themselves here.
   * Throws VALIDATION_ERROR at once; NOT_FOUND, FORBIDDEN, CONFLICT from the function.
   */
  update(id: string, input: UserInput): (tx: Tx) => void
  /** Throws CONFLICT if other documents restrict the deletion; does nothing if there is no such user. */
  remove(id: string, request: UserRequest): (tx: Tx) => void
  /**
   * The user's JSON text as somebody sees it: `own`, as the user themself, who may see the document whatever `users` rules say, less the
   * fields that they may not read. Null if there is none, or it is not for them to see.
   */
  document(reads: Reads, id: string, viewer: Actor | 'own'): string | null
  /** A page as a REST list returns it: `{"docs":[…],"next_cursor":…}`. Throws INVALID_REQUEST, INVALID_FILTER, INVALID_SORT. */
  list(viewer: Actor, query: UserListQuery, request: UserRequest): Promise<string>
  /** A user's document is about to be returned outside of a read: recorded if reads of `users` are. */
  wasRead(id: string, request: UserRequest): Promise<void>
}
