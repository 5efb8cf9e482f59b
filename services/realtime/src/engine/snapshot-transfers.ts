import { AppError } from '@koyalite/contracts'
import { type SnapshotBody, snapshotText } from './snapshot-parts'
import type { Subscription } from './subscription'
import type { Window } from './window'

/** A snapshot of several parts on its way to a client, who takes one after the other. */
export interface Transfer {
  readonly body: SnapshotBody
  /** The state that all parts are of. */
  readonly window: Window
  /** How many parts have been sent. */
  readonly sent: number
}

/** A client that has less than this waiting is sent the next part. Bytes. */
const NEXT_BELOW = 64 * 1024

/**
 * All snapshots of several parts. A part is sent when its client has taken those before, however long that takes: the texts wait here, and count
 * as memory of live queries. SPEC.md, section P.
 */
export class SnapshotTransfers {
  readonly #hasRoom: (bytes: number) => boolean
  readonly #started: () => void
  /** Those whose next part may be sent. */
  readonly #ready = new Set<Subscription>()
  /** Whom each snapshot is sent to. */
  readonly #receivers = new Map<SnapshotBody, { count: number; readonly bytes: number }>()
  #bytes = 0

  /** @param started is notified when there may be something to send */
  constructor(hasRoom: (bytes: number) => boolean, started: () => void) {
    this.#hasRoom = hasRoom
    this.#started = started
  }

  /** Nothing could be sent now. */
  get isIdle(): boolean {
    return this.#ready.size === 0
  }

  /** Bytes of the snapshots that are held. */
  get bytes(): number {
    return this.#bytes
  }

  /** Begins one, or continues one that was held back; false where there is no memory to hold it. */
  begin(subscription: Subscription, transfer: Transfer): boolean {
    const { body } = transfer
    let receivers = this.#receivers.get(body)
    if (receivers === undefined) {
      const bytes = body.parts.reduce((sum, text) => sum + text.length, 0)
      if (!this.#hasRoom(bytes)) return false
      receivers = { count: 0, bytes }
      this.#receivers.set(body, receivers)
      this.#bytes += bytes
    }
    receivers.count++
    subscription.transfer = transfer
    this.continue(subscription)
    return true
  }

  /** Its client may have taken something. */
  continue(subscription: Subscription): void {
    this.#ready.add(subscription)
    this.#started()
  }

  /** Whether it is complete or not. */
  end(subscription: Subscription): void {
    const { transfer } = subscription
    if (transfer === null) return
    subscription.transfer = null
    this.#ready.delete(subscription)
    const receivers = this.#receivers.get(transfer.body)
    if (receivers === undefined || --receivers.count > 0) return
    this.#receivers.delete(transfer.body)
    this.#bytes -= receivers.bytes
  }

  /** Sends parts, to each of those who are ready in turn. Returns how many. @param until what `performance.now()` is when it is enough */
  send(until: number): number {
    let sent = 0
    while (this.#ready.size > 0 && performance.now() < until) {
      const [next] = this.#ready
      if (next !== undefined) sent += this.#sendPart(next)
    }
    return sent
  }

  #sendPart(subscription: Subscription): number {
    const { transfer, group, subscriber } = subscription
    this.#ready.delete(subscription)
    // Those that are not ready become so when their client has taken what waits.
    if (transfer === null || group === null || subscriber.outlet.buffered > NEXT_BELOW) return 0
    const { body, window, sent: part } = transfer
    const isLast = part === body.parts.length - 1
    if (isLast) group.stamp(subscription)
    subscriber.outlet.send(snapshotText(subscription.requestId, subscription, { body, part }))
    // Sending may have ended the connection.
    if (subscription.transfer !== transfer) return 1
    if (isLast) {
      this.end(subscription)
      group.tookAll(subscription, window)
    } else {
      subscription.transfer = { ...transfer, sent: part + 1 }
      this.#ready.add(subscription)
    }
    return 1
  }
}

export function realtimeBusy(): AppError {
  const message = 'Live queries have reached their memory limit (realtime.memory): try again later.'
  return new AppError('REALTIME_BUSY', message, { headers: { 'retry-after': '10' } })
}
