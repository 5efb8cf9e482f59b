import type { AppError } from '@koyalite/contracts'
import type { Body } from './messages'
import { Shard } from './shard'
import { addTo, eachOf, isIn, removeFrom, type SmallSet } from './small-set'
import { type SnapshotBody, snapshotText } from './snapshot-parts'
import { realtimeBusy, type SnapshotTransfers, type Transfer } from './snapshot-transfers'
import type { Subscription } from './subscription'
import type { Window } from './window'

export interface AudienceContext {
  readonly transfers: SnapshotTransfers
  /** Ends one subscription with an error. */
  end(subscription: Subscription, error: AppError): void
}

/** The subscriptions of a group: those that wait for what they begin with, those that take a snapshot in parts, and those that get every delta. */
export class Audience {
  readonly #context: AudienceContext
  #waiting: SmallSet<Subscription> = null
  #receivers: SmallSet<Subscription> = null
  #shards: readonly Shard[] = []
  #isSending = false

  constructor(context: AudienceContext) {
    this.#context = context
  }

  get isEmpty(): boolean {
    return this.#waiting === null && this.#receivers === null && this.#shards.length === 0
  }

  get hasWaiting(): boolean {
    return this.#waiting !== null
  }

  /** Somebody gets deltas. */
  get isServed(): boolean {
    return this.#shards.length > 0
  }

  *members(): Iterable<Subscription> {
    for (const shard of this.#shards) yield* shard.members
    yield* eachOf(this.#waiting)
    yield* eachOf(this.#receivers)
  }

  wait(subscription: Subscription): void {
    this.#waiting = addTo(this.#waiting, subscription)
  }

  /** It neither waits nor has been served, nor has gone: its turn has come. */
  isNext(subscription: Subscription): boolean {
    return subscription.shard === null && subscription.transfer === null && !isIn(this.#waiting, subscription)
  }

  /** Those that wait, who do so no more. */
  takeWaiting(): readonly Subscription[] {
    const waiting = [...eachOf(this.#waiting)]
    this.#waiting = null
    return waiting
  }

  /** All that wait have this window already. */
  allHave(window: Window): boolean {
    for (const { held } of eachOf(this.#waiting)) if (held !== window) return false
    return true
  }

  /** It has a state, and gets every delta; it does not wait for a snapshot, nor perhaps for the rest of what is being sent. */
  serves(subscription: Subscription): boolean {
    return subscription.shard !== null && !this.#isSending
  }

  /** From now on it gets every delta. */
  join(subscription: Subscription): void {
    const stamp = subscription.subscriber.actor.kind === 'anonymous' ? subscription.stamp : null
    let shard = this.#shards.findLast((one) => one.id === subscription.id && one.stamp === stamp && !one.isFull)
    if (!shard) {
      shard = new Shard(subscription.id, stamp)
      this.#shards = [...this.#shards, shard]
    }
    shard.join(subscription)
  }

  /** It takes a snapshot in parts, from the one on where the transfer is. */
  receive(subscription: Subscription, transfer: Transfer): void {
    this.#receivers = addTo(this.#receivers, subscription)
    if (!this.#context.transfers.begin(subscription, transfer)) this.#context.end(subscription, realtimeBusy())
  }

  /** It has taken all parts: what has changed meanwhile comes next. */
  tookAll(subscription: Subscription, window: Window): void {
    this.#receivers = removeFrom(this.#receivers, subscription)
    subscription.held = window
    this.wait(subscription)
  }

  remove(subscription: Subscription): void {
    subscription.held = null
    this.#context.transfers.end(subscription)
    this.#receivers = removeFrom(this.#receivers, subscription)
    this.#waiting = removeFrom(this.#waiting, subscription)
    this.#leave(subscription)
  }

  /** All wait for a snapshot, whatever they have. */
  recall(): void {
    for (const member of [...this.members()]) {
      this.remove(member)
      this.wait(member)
    }
    this.#isSending = false
  }

  /** Sends a delta, to some at each step; returns how many. */
  send(body: Body): Iterable<number> {
    const [only] = this.#shards
    return only === undefined || this.#shards.length > 1 ? this.#sendInTurn(body) : [only.send(body)]
  }

  *#sendInTurn(body: Body): Iterable<number> {
    this.#isSending = true
    for (const shard of this.#shards) yield shard.send(body)
    this.#isSending = false
  }

  /** Sends a snapshot to those that get deltas, to some at each step; returns how many. */
  *sendSnapshots(body: SnapshotBody, window: Window): Iterable<number> {
    this.#isSending = true
    for (const shard of this.#shards) {
      for (const member of [...shard.members]) {
        if (body.parts.length === 1) sendWhole(member, body)
        else {
          this.#leave(member)
          this.receive(member, { body, window, sent: 0 })
        }
        yield 1
      }
    }
    this.#isSending = false
  }

  #leave(subscription: Subscription): void {
    const { shard } = subscription
    shard?.leave(subscription)
    if (shard?.size === 0) this.#shards = this.#shards.filter((other) => other !== shard)
  }
}

/** Sends a snapshot that has one part. */
export function sendWhole(subscription: Subscription, body: SnapshotBody): void {
  subscription.subscriber.outlet.send(snapshotText(subscription.requestId, subscription, { body, part: 0 }))
}
