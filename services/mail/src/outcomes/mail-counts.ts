import type { Tx } from '@koyalite/contracts'
import type { MetricSource } from '@koyalite/kernel'

const STATES = ['sent', 'failed', 'delivered', 'bounced', 'complained'] as const
type Counted = (typeof STATES)[number]

/** How many mails have come to which state since the server began. */
export interface MailCounts {
  /** Counts once the write is committed. */
  add(tx: Tx, state: Counted): void
  readonly metric: MetricSource
}

export function countMails(): MailCounts {
  const counts = new Map<Counted, number>()
  return {
    add: (tx, state) => tx.afterCommit(() => void counts.set(state, (counts.get(state) ?? 0) + 1)),
    metric: {
      name: 'mails_total',
      help: 'Emails by the state that they came to.',
      kind: 'counter',
      read: () => STATES.map((state) => ({ labels: { state }, value: counts.get(state) ?? 0 })),
    },
  }
}
