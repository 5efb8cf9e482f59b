import type { Actor } from '../actor'
import type { Sql, SqlValue } from '../sql'
import type { Sync, Tx } from '../tx'

/**
 * Runs writes in a transaction that is always rolled back. Guarantee: nothing of them is stored, published or seen by others.
 * @typeParam Document a stored document, as rules look at it
 */
export interface DryRun<Document> {
  /** What the server would respond to `request.actor`. */
  attempt(write: DryWrite, request: DryRunRequest): Promise<DryRunResponse>
  /**
   * Passes to `look` what a create or update would make, whether the rules allow it or not. Throws AppError for input
   * that no rule would accept.
   */
  resulting<T>(write: DryWrite, request: DryRunRequest, look: (result: DryRunResult<Document>) => Sync<T>): Promise<T>
  /**
   * Passes to `look` the state in which a document is stored that is not there. Rules do not keep it from being stored. Throws AppError
   * for one that no rule would accept.
   */
  given<T>(given: GivenDocument, request: DryRunRequest, look: (tx: Tx, key: SqlValue) => Sync<T>): Promise<T>
}

/** A document that is taken as stored. */
export interface GivenDocument {
  readonly collection: string
  readonly document: unknown
}

/** A write that is tried and always rolled back. */
export interface DryWrite {
  readonly operation: 'create' | 'update' | 'delete'
  readonly collection: string
  /** The key as it stands in a path; null for a create. */
  readonly id: string | null
  readonly data: unknown
  /** The stored document that it is about, instead of one by `id`: stored before, and rolled back with it. */
  readonly given?: unknown
}

export interface DryRunRequest {
  readonly actor: Actor
  /** Milliseconds since 1970. */
  readonly time: number
  readonly method: string
  readonly ip: string
  readonly headers: Readonly<Record<string, string>>
}

/** What the server would respond to a write. */
export interface DryRunResponse {
  readonly status: number
  readonly code: string | null
  readonly message: string | null
}

/** The state before a write, as its rules see it, and what the write would make of its document. */
export interface DryRunResult<Document> {
  readonly tx: Tx
  /** The resulting document, as a row for FROM. */
  row(alias: string): Sql
  /** What it was before an update. */
  readonly old: Document | undefined
}
