import { AppError } from '@koyalite/contracts'
import type { LiveSpec } from '../engine/live-query'

/** What a subscription is charged with, and to whom. */
export interface BudgetShare {
  readonly bytes: number
  readonly holders: readonly string[]
}

export interface SubscriptionBudget {
  /**
   * Charges a subscription. @param holders names of the actor and address that it is charged to, besides its connection; none where they speak for many
   * @throws AppError RATE_LIMITED where one of them has too much, REALTIME_BUSY where all have together
   */
  take(spec: LiveSpec, ofConnection: number, holders: readonly string[]): BudgetShare
  release(share: BudgetShare): void
}

/** The text of all subscriptions of a connection: a hundred of more than a kilobyte. */
const MAX_OF_CONNECTION = 128 * 1024
/** And of all connections of an actor, or of an address. */
const MAX_OF_HOLDER = 8 * 1024 * 1024
/** What is kept of a subscription, per byte of its text (statements, parameters, routes), and for any. Measured: 87 kB for one of 7.8 kB. */
const MEMORY_PER_BYTE = 12
const MEMORY_AT_LEAST = 4096
/** Key, sort keys and hash of a document that a list shows. */
const MEMORY_PER_DOCUMENT = 200

/** @param documents how many documents all lists show together */
export function createSubscriptionBudget(limits: {
  readonly memory: () => number
  readonly documents: () => number
}): SubscriptionBudget {
  const byHolder = new Map<string, number>()
  let memory = 0
  const memoryOf = (bytes: number) => bytes * MEMORY_PER_BYTE + MEMORY_AT_LEAST
  const add = (holder: string, bytes: number) => {
    const sum = (byHolder.get(holder) ?? 0) + bytes
    if (sum > 0) byHolder.set(holder, sum)
    else byHolder.delete(holder)
  }
  return {
    take({ asked }, ofConnection, holders) {
      const bytes = Buffer.byteLength(asked)
      if (ofConnection + bytes > MAX_OF_CONNECTION) {
        const message = `The subscriptions of a connection may use at most ${MAX_OF_CONNECTION / 1024} kB in total: use shorter queries, or unsubscribe from one first.`
        throw new AppError('RATE_LIMITED', message)
      }
      if (holders.some((holder) => (byHolder.get(holder) ?? 0) + bytes > MAX_OF_HOLDER)) {
        const message = `All your subscriptions may use at most ${MAX_OF_HOLDER / 1024 / 1024} MB in total: unsubscribe from some first.`
        throw new AppError('RATE_LIMITED', message)
      }
      if (memory + memoryOf(bytes) + limits.documents() * MEMORY_PER_DOCUMENT > limits.memory()) {
        const message = 'Live queries have reached their memory limit (realtime.memory): try again later.'
        throw new AppError('REALTIME_BUSY', message, { headers: { 'retry-after': '10' } })
      }
      memory += memoryOf(bytes)
      for (const holder of holders) add(holder, bytes)
      return { bytes, holders }
    },
    release({ bytes, holders }) {
      memory -= memoryOf(bytes)
      for (const holder of holders) add(holder, -bytes)
    },
  }
}
