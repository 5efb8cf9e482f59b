import { AppError, NotPrimaryError } from '@koyalite/contracts'
import { defineCall, type PrimaryRole, type WorkerRole } from '@koyalite/kernel'
import type { Presented } from './session'
import type { Tickets } from './tickets'

/** The actor of a one-time ticket; null if it is invalid or has expired. */
const REDEEM = defineCall<string, Presented | null>('realtime.redeem')

/** One-time tickets as a worker knows them: the primary issues them, and says whom one stands for, once. */
export function ticketsOfPrimary(role: WorkerRole): Tickets {
  return {
    issue() {
      throw new NotPrimaryError()
    },
    async redeem(ticket) {
      const presented = await role.askPrimary(REDEEM, ticket)
      if (presented !== null) return presented
      throw new AppError('UNAUTHENTICATED', 'The ticket was already used or has expired: request a new one.')
    },
  }
}

export function respondToRedeem(role: PrimaryRole, tickets: Tickets): void {
  role.answer(REDEEM, async (ticket) => {
    try {
      return await tickets.redeem(ticket)
    } catch {
      return null
    }
  })
}
