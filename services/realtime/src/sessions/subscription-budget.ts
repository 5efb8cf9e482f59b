import { AppError } from '@koyalite/contracts'
import type { LiveSpec } from '../engine/live-query'
import { realtimeBusy } from '../engine/snapshot-transfers'

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
  /** Whether all live queries together may have so many bytes more. */
  hasRoom(bytes: number): boolean
  /** Bytes that count against the limit of all. */
  readonly used: number
  /** How often there was no room. */
  readonly refused: number
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

/** @param documents how many documents all lists show together; @param snapshotBytes of the large snapshots that are being sent */
export function createSubscriptionBudget(limits: {
  readonly memory: () => number
  readonly documents: () => number
  readonly snapshotBytes: () => number
}): SubscriptionBudget {
  const byHolder = new Map<string, number>()
  let memory = 0
  const memoryOf = (bytes: number) => bytes * MEMORY_PER_BYTE + MEMORY_AT_LEAST
  let refused = 0
  const used = () => memory + limits.documents() * MEMORY_PER_DOCUMENT + limits.snapshotBytes()
  const hasRoom = (bytes: number) => {
    if (used() + bytes <= limits.memory()) return true
    refused++
    return false
  }
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
      if (!hasRoom(memoryOf(bytes))) throw realtimeBusy()
      memory += memoryOf(bytes)
      for (const holder of holders) add(holder, bytes)
      return { bytes, holders }
    },
    hasRoom,
    get used() {
      return used()
    },
    get refused() {
      return refused
    },
    release({ bytes, holders }) {
      memory -= memoryOf(bytes)
      for (const holder of holders) add(holder, -bytes)
    },
  }
}
