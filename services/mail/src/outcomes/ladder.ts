import type { OutboxMail } from '../store/outbox'

/** How far a mail has come. */
export type Rung = OutboxMail['status'] | NonNullable<OutboxMail['outcome']>

/**
 * The later of two is what a mail is, in whatever order they become known. A mail that arrived has not failed; one may bounce after it was taken as
 * delivered, and whoever complains has it.
 */
const RANKS: Readonly<Record<Rung, number>> = { queued: 0, sent: 1, failed: 2, delivered: 3, bounced: 4, complained: 5 }

export function rungOf({ status, outcome }: Pick<OutboxMail, 'status' | 'outcome'>): Rung {
  return outcome ?? status
}

/** Whether a mail on one rung goes up to another: it never goes down. */
export function climbs(from: Rung, to: Rung): boolean {
  return RANKS[to] > RANKS[from]
}
