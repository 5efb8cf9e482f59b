import { AppError } from '@koyalite/contracts'
import type { Presented } from './session'
import type { StreamTickets } from './stream-tickets'

/** For clients that can send neither a header nor a cookie: what stands in a URL is good once, and for seconds. See also `StreamTickets`. */
export interface Tickets {
  issue(presented: Presented): string
  /** Throws UNAUTHENTICATED for one that was used, is too old, or was never issued. */
  redeem(ticket: string): Presented | Promise<Presented>
}

export const TICKET_SECONDS = 30
const MAX_TICKETS = 100_000

export function createTickets(now: () => number, { seal }: Pick<StreamTickets, 'seal'>): Tickets {
  const tickets = new Map<string, { readonly presented: Presented; readonly until: number }>()
  const dropOld = (time: number) => {
    for (const [ticket, { until }] of tickets) {
      if (until > time && tickets.size < MAX_TICKETS) return
      tickets.delete(ticket)
    }
  }
  return {
    issue(presented) {
      const time = now()
      dropOld(time)
      const ticket = seal(presented.token)
      tickets.set(ticket, { presented, until: time + TICKET_SECONDS * 1000 })
      return ticket
    },
    redeem(ticket) {
      const found = tickets.get(ticket)
      tickets.delete(ticket)
      if (found && found.until > now()) return found.presented
      throw new AppError('UNAUTHENTICATED', 'The ticket was already used or has expired: request a new one.')
    },
  }
}
