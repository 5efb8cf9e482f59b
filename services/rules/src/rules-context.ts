import type { Actor, Sql, Sync, Tx, UserDirectory } from '@koyalite/contracts'
import type { CelDocument } from '@koyalite/query'
import type { Schema } from '@koyalite/schema'
import type { Database } from '@koyalite/sqlite'

/** What explaining asks of the server: one schema, and the documents under it. */
export interface ExplainContext {
  readonly schema: Schema
  readonly database: Database
  readonly users: Pick<UserDirectory, 'byId' | 'byEmail'>
  readonly rehearsal: Rehearsal
}

/** The service's context. */
export interface RulesContext extends ExplainContext {
  readonly openBench: OpenBench
}

/** Makes writes that are always taken back. */
export interface Rehearsal {
  /** What the server would answer to this write. */
  attempt(write: RehearsedWrite, request: RehearsedRequest): Promise<Answered>
  /**
   * Shows `look` the state before a create or update, as its rules see it, and the document that it would make, as a row for FROM: whether the rules allow
   * it or not. Throws AppError for input that no rule would save.
   */
  resulting<T>(
    write: RehearsedWrite,
    request: RehearsedRequest,
    look: (rehearsed: { readonly tx: Tx; row(alias: string): Sql; readonly old: CelDocument | undefined }) => Sync<T>,
  ): Promise<T>
}

export interface RehearsedWrite {
  readonly operation: 'create' | 'update' | 'delete'
  readonly collection: string
  readonly id: string | null
  readonly data: unknown
}

export interface RehearsedRequest {
  readonly actor: Actor
  readonly time: number
  readonly method: string
  readonly ip: string
  readonly headers: Headers
}

export interface Answered {
  readonly status: number
  readonly code: string | null
  readonly message: string | null
}

/** Opens the server's own API on an empty database in memory: what it answers is what the server would. */
export type OpenBench = () => Promise<Bench>

export interface Bench {
  readonly explain: ExplainContext
  /** @param path with its query, below /api */
  fetch(actor: Actor, request: BenchRequest): Promise<BenchAnswer>
  close(): Promise<void>
}

export interface BenchRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly body?: unknown
}

export interface BenchAnswer {
  readonly status: number
  /** Parsed; null where there is none. */
  readonly body: unknown
}
