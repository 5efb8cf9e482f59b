import type { Actor, Sql, Sync, Tx, UserDirectory } from '@koyalite/contracts'
import type { CelDocument } from '@koyalite/query'
import type { Schema } from '@koyalite/schema'
import type { Database } from '@koyalite/sqlite'

/** What explaining asks of the server: one schema, and the documents under it. */
export interface ExplainContext {
  readonly schema: Schema
  readonly database: Database
  readonly users: Pick<UserDirectory, 'byId' | 'byEmail'>
  readonly dryRun: DryRun
}

/** The service's context. */
export interface RulesContext extends ExplainContext {
  readonly openSandbox: OpenSandbox
}

/** Runs writes that are always rolled back. */
export interface DryRun {
  /** What the server would respond to this write. */
  attempt(write: DryWrite, request: DryRunRequest): Promise<DryRunResponse>
  /**
   * Passes to `look` the state before a create or update, as its rules see it, and the document that it would make, as a row for FROM: whether the rules
   * allow it or not. Throws AppError for input that no rule would accept.
   */
  resulting<T>(
    write: DryWrite,
    request: DryRunRequest,
    look: (result: { readonly tx: Tx; row(alias: string): Sql; readonly old: CelDocument | undefined }) => Sync<T>,
  ): Promise<T>
}

export interface DryWrite {
  readonly operation: 'create' | 'update' | 'delete'
  readonly collection: string
  readonly id: string | null
  readonly data: unknown
}

export interface DryRunRequest {
  readonly actor: Actor
  readonly time: number
  readonly method: string
  readonly ip: string
  readonly headers: Readonly<Record<string, string>>
}

export interface DryRunResponse {
  readonly status: number
  readonly code: string | null
  readonly message: string | null
}

/** Opens the server's own API on an empty database in memory: it responds as the server would. */
export type OpenSandbox = () => Promise<RuleSandbox>

export interface RuleSandbox {
  readonly explain: ExplainContext
  /** @param path with its query, below /api */
  fetch(actor: Actor, request: SandboxRequest): Promise<SandboxResponse>
  close(): Promise<void>
}

export interface SandboxRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly body?: unknown
}

export interface SandboxResponse {
  readonly status: number
  /** Parsed; null where there is none. */
  readonly body: unknown
}
