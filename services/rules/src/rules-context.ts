import type { Actor, DryRun, UserDirectory } from '@koyalite/contracts'
import type { CelDocument } from '@koyalite/query'
import type { Schema } from '@koyalite/schema'
import type { Database } from '@koyalite/sqlite'
import type { TestSource } from './run/run-test-file'

/** What explaining asks of the server: one schema, and the documents under it. */
export interface ExplainContext {
  readonly schema: Schema
  readonly database: Database
  readonly users: Pick<UserDirectory, 'byId' | 'byEmail'>
  readonly dryRun: DryRun<CelDocument>
}

/** The service's context. */
export interface RulesContext extends ExplainContext {
  readonly openSandbox: OpenSandbox
  /** Of one statement, in milliseconds. */
  readonly queryTimeoutMs: number
  /** The project's own rule tests. */
  readonly readTests: () => Promise<readonly TestSource[]>
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
  /** Parsed; null if there is none. */
  readonly body: unknown
}
