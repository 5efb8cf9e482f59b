import { AppError, WrittenElsewhereError } from '@koyalite/contracts'
import type { Presented, Tickets } from '@koyalite/realtime'
import type { WorkerReport } from './worker-protocol'

/** One-time tickets as a worker knows them: the main process issues them, and says whom one stands for, once. */
export interface ReportedTickets extends Tickets {
  /** What the main process has answered; null where the ticket is good for nothing. */
  answered(id: number, presented: Presented | null): void
}

export function createReportedTickets(report: (message: WorkerReport) => void): ReportedTickets {
  const waiting = new Map<number, PromiseWithResolvers<Presented>>()
  let last = 0
  return {
    issue() {
      throw new WrittenElsewhereError()
    },
    redeem(ticket) {
      const id = ++last
      const answer = Promise.withResolvers<Presented>()
      waiting.set(id, answer)
      report({ type: 'redeem', id, ticket })
      return answer.promise
    },
    answered(id, presented) {
      const answer = waiting.get(id)
      waiting.delete(id)
      if (presented !== null) answer?.resolve(presented)
      else
        answer?.reject(
          new AppError('UNAUTHENTICATED', 'The ticket was already used or has expired: request a new one.'),
        )
    },
  }
}
