import { AppError, type AuditEvent } from '@koyalite/contracts'
import type { WorkerReport } from './worker-protocol'

/** The audit log as a worker reaches it: the main process writes it. */
export interface ReportedAudit {
  /** Resolves when the main process has kept them. Throws UNAVAILABLE. */
  keep(events: readonly AuditEvent[]): Promise<void>
  /** What the main process has answered. */
  answered(id: number, failure: string | null): void
}

export function createReportedAudit(report: (message: WorkerReport) => void): ReportedAudit {
  const waiting = new Map<number, PromiseWithResolvers<void>>()
  let last = 0
  return {
    keep(events) {
      const id = ++last
      const answer = Promise.withResolvers<void>()
      waiting.set(id, answer)
      report({ type: 'keep', id, events })
      return answer.promise
    },
    answered(id, failure) {
      const answer = waiting.get(id)
      waiting.delete(id)
      if (failure === null) answer?.resolve()
      else answer?.reject(new AppError('UNAVAILABLE', 'The audit log is temporarily not writable.', { cause: failure }))
    },
  }
}
