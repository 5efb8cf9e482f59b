import type { Actor, AppError } from '@koyalite/contracts'
import type { BudgetShare } from '../sessions/subscription-budget'
import type { LiveGroup } from './live-group'
import type { LiveSpec } from './live-query'
import type { Shard } from './shard'
import type { Transfer } from './snapshot-transfers'
import type { Window } from './window'

/** Where the messages of a connection go. */
export interface SubscriberOutput {
  /** Bytes that wait for the client to take them. */
  readonly buffered: number
  send(text: string): void
  /** Runs `work`; what is sent meanwhile leaves in as few packets as possible. */
  batch(work: () => void): void
  /** The connection's part in native publishing; null where it has none. */
  readonly topics: Topics | null
}

export interface Topics {
  join(topic: string): void
  leave(topic: string): void
  publish(topic: string, text: string): void
}

/** The connection that a subscription belongs to, as the engine sees it. */
export interface Subscriber {
  readonly outlet: SubscriberOutput
  readonly actor: Actor
  /** More has piled up than may: nothing more is sent until it has been taken; then every subscription gets a snapshot. */
  fallBehind(): void
  /** Whether the client may be shown the list; the subscription has ended where not. */
  fits(subscription: Subscription): boolean
  /** The subscription has been acknowledged, with its position. */
  opened(): void
  /** The engine has ended a subscription; the client gets the reason. */
  ended(subscription: Subscription, error: AppError): void
}

/** How a subscription begins, or continues: with a word to the client that it is there, and from where it can continue. */
export interface Opening {
  /** A resume token, as the client sent it. */
  readonly since: string | null
}

/** One subscription of one connection. */
export interface Subscription {
  /** As the client knows it; shared by all that share their messages. */
  id: string
  /** The client's name for the request that made it. */
  readonly requestId: string | number
  readonly subscriber: Subscriber
  readonly spec: LiveSpec
  group: LiveGroup | null
  /** Where it gets its deltas from; null while it waits for a snapshot, or takes one. */
  shard: Shard | null
  /** The snapshot of several parts that it takes; null where it takes none. */
  transfer: Transfer | null
  /** The list that it has, after a snapshot of several parts, until it gets what has changed meanwhile. */
  held: Window | null
  /** By native publishing. */
  isPublished: boolean
  /** What it is charged with. */
  readonly share: BudgetShare
  /** The end of its resume tokens; set before anything is sent. */
  stamp: string
  /** Not null until the subscription has been acknowledged. */
  opening: Opening | null
}
