import type { AuditEvent } from '@koyalite/contracts'

/** All that the process of a request needs to know. */
export interface SqlRequest {
  readonly path: string
  readonly key: string | undefined
  /** schema.yaml, serialized. */
  readonly schema: string
  readonly work: SqlWork
  /** The statements, each of them one. */
  readonly statements: readonly string[]
  /** Rows of each statement. */
  readonly limit: number
  /** Whether internal fields and some tables of the system may be read. */
  readonly showsInternal: boolean
}

export type SqlWork =
  | { readonly kind: 'read' }
  | { readonly kind: 'plan' }
  /** What is recorded with the write; null: it is a dry run. */
  | { readonly kind: 'write'; readonly audit: AuditEvent | null; readonly by: SqlAuthor | null }

/** Whose action a write is, so that it can be undone. */
export interface SqlAuthor {
  readonly operator: { readonly id: string; readonly email: string }
  readonly route: string
  /** Milliseconds since 1970. */
  readonly at: number
  /** The history that the change log is of. */
  readonly epoch: string
}

/** Asked for one after the other, so that a slow reader holds up the statement and not the memory. */
export type SqlAsk = { readonly type: 'begin'; readonly request: SqlRequest } | { readonly type: 'more' }

/** NDJSON. */
export interface SqlReply {
  readonly text: string
  /** The collections that the statements so far have opened. */
  readonly opened: readonly string[]
  /** What broke, for the log: a fault of ours, of which the text says no more than that there is one. */
  readonly fault: string | null
  /** There is nothing after it. */
  readonly isLast: boolean
}
