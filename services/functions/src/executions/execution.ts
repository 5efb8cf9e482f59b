import type { AuditActor } from '@koyalite/contracts'
import type { LogLine } from '../calls/running-calls'

/** How a call ended. `refused`: by an error of the function's own that tells its caller what is wrong. */
export const EXECUTION_STATUSES = ['ok', 'refused', 'error', 'crashed', 'memory', 'timeout', 'not_run'] as const
export type ExecutionStatus = (typeof EXECUTION_STATUSES)[number]

/** A call that has ended. Secrets of the function's environment are masked in it. */
export interface Execution {
  readonly id: string
  readonly function: string
  readonly version: number
  readonly actor: AuditActor
  readonly status: ExecutionStatus
  readonly isolation: string
  /** Milliseconds since 1970. */
  readonly startedAt: number
  readonly ms: number
  /** Of its instance, in bytes; null where that is not known. */
  readonly memory: number | null
  readonly error: { readonly code: string; readonly message: string; readonly stack?: string } | null
  readonly requestId: string
  /** The job that it was a run of; null: none. */
  readonly job: string | null
  readonly logs: readonly LogLine[]
  /** Whether lines, or parts of them, were left out. */
  readonly isTruncated: boolean
}

/** What was called lately: bounded, in a database of its own. */
export interface ExecutionLog {
  record(execution: Execution): void
  /** More of one that was recorded; nothing where that was not kept. */
  amend(id: string, more: Pick<Execution, 'logs' | 'isTruncated'>): void
}
