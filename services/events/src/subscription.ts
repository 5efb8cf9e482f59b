import { AppError, EVENT_ENTRIES, type EventSubscriber, type SubscriberHealth } from '@koyalite/contracts'
import type { Log } from '@koyalite/kernel'
import {
  type Advance,
  type ChangeConsumer,
  consumeChanges,
  createCursor,
  type Database,
  findCursor,
  isSqliteFailure,
  removeCursor,
} from '@koyalite/sqlite'
import { DeliveryFailed, deliverEvents } from './deliver-events'
import { collectionsOf, EventReader, type ReadEvent } from './event-reader'
import type { Shapes } from './history/document-states'
import { redeliver } from './redeliver'
import { entriesAfter } from './store/event-log'
import { countUndelivered, insertUndelivered } from './store/undelivered-events'

/** Names of cursors of subscribers. */
export const CURSOR_PREFIX = 'events.'

export interface SubscriptionOptions {
  readonly database: Database
  readonly log: Log
  /** Of all collections, as they are served now. */
  readonly shapes: () => Shapes
  readonly backOff?: { readonly firstMs: number; readonly longestMs: number }
}

/** How far it is, for operators. */
export interface SubscriberStatus extends SubscriberHealth {
  readonly of: EventSubscriber['of'] | null
  readonly patterns: readonly string[]
  /** Up to this number of the change log it was given everything. */
  readonly position: number
  /** Since the start. */
  readonly delivered: number
}

/** What one subscriber is given: a durable consumer of the change log, while it has a pattern. */
export class Subscription {
  readonly subscriber: EventSubscriber
  readonly #options: SubscriptionOptions
  #patterns: readonly string[] = []
  #consumer: ChangeConsumer | null = null
  #failing: SubscriberHealth['failing'] = null
  /** The event that was tried last without success, and how often. */
  #tried = { event: '', count: 0 }
  #delivered = 0
  #hasBegun = false
  /** One change of it after the other. */
  #changing: Promise<void> = Promise.resolve()

  constructor(subscriber: EventSubscriber, options: SubscriptionOptions) {
    this.subscriber = subscriber
    this.#options = options
  }

  /** As it asks for them now, whether or not it is given them yet. */
  get patterns(): readonly string[] {
    return this.#patterns
  }

  /** How many events were delivered since the start. */
  get delivered(): number {
    return this.#delivered
  }

  /** What happens from now on waits until its patterns are known. */
  hold(): Promise<void> {
    const { database } = this.#options
    return this.#next(async () => {
      if (findCursor(database, this.#cursor) === null) await database.write((tx) => void createCursor(tx, this.#cursor))
    })
  }

  /** Documents look otherwise. One that is not followed yet is not so by that: its patterns may not be known. */
  async refresh(): Promise<void> {
    if (this.#hasBegun) await this.changed()
  }

  /** Follows by the patterns and the documents of now. */
  changed(): Promise<void> {
    const isFirst = !this.#hasBegun
    this.#hasBegun = true
    this.#patterns = this.subscriber.patterns()
    return this.#next(async () => {
      const patterns = this.#patterns
      await this.#stop()
      if (patterns.length > 0) {
        if (isFirst) await redeliver(this.#options.database, this.subscriber, patterns)
        this.#consumer = await this.#follow(patterns)
      }
      // Nobody waits: the log is not kept for it, and who comes back begins anew.
      else if (findCursor(this.#options.database, this.#cursor))
        await this.#options.database.write((tx) => removeCursor(tx, this.#cursor))
    })
  }

  end(): Promise<void> {
    return this.#next(() => this.#stop())
  }

  /** Resolves when all that is durable now is delivered. */
  async caughtUp(): Promise<void> {
    await this.#changing
    await this.#consumer?.caughtUp()
  }

  /** Null while it has no pattern. */
  health(): SubscriberStatus | null {
    const { database } = this.#options
    const cursor = this.#consumer === null ? null : findCursor(database, this.#cursor)
    if (cursor === null || this.#consumer === null) return null
    const { count, oldest } = entriesAfter(database, cursor.seq)
    const { state } = this.#consumer
    return {
      name: this.subscriber.name,
      state: state === 'closed' ? 'live' : state,
      pending: count,
      lagMs: oldest === null ? 0 : Math.max(0, Date.now() - oldest),
      failing: this.#failing,
      setAside: countUndelivered(database, this.subscriber.name),
      ...{ of: this.subscriber.of ?? null, patterns: this.#patterns },
      ...{ position: cursor.seq, delivered: this.#delivered },
    }
  }

  /** Up to where the log is delivered; null while it has no pattern. */
  position(): number | null {
    return findCursor(this.#options.database, this.#cursor)?.seq ?? null
  }

  get #cursor(): string {
    return CURSOR_PREFIX + this.subscriber.name
  }

  #next(work: () => Promise<void>): Promise<void> {
    const next = this.#changing.then(work)
    this.#changing = next.catch(() => {})
    return next
  }

  async #stop(): Promise<void> {
    await this.#consumer?.close()
    this.#consumer = null
    this.#failing = null
  }

  #follow(patterns: readonly string[]): Promise<ChangeConsumer> {
    const { database, log, shapes, backOff } = this.#options
    const all = shapes()
    const collections = collectionsOf(patterns, [...all.keys()])
    const reader = new EventReader(database, all, patterns)
    return consumeChanges(database, {
      name: this.#cursor,
      from: 'now',
      collections: [...collections, EVENT_ENTRIES],
      log,
      ...(backOff === undefined ? {} : { backOff }),
      handle: async (changes, advance) => {
        let events = await reader.events(changes)
        while (events.length > 0) {
          const failed = await this.#deliver(events, advance)
          if (failed === null) break
          if (!this.#isHopeless(failed)) throw failed
          await this.#setAside(failed, advance)
          events = events.filter(({ seq }) => seq > failed.seq)
        }
        this.#failing = null
      },
      // Lost events cannot be made of documents: it goes on with what comes.
      rebuild: async () => {
        log.error({ subscriber: this.subscriber.name }, LOST)
      },
    })
  }

  /** Null where all are delivered. */
  async #deliver(events: readonly ReadEvent[], advance: Advance): Promise<DeliveryFailed | null> {
    try {
      await deliverEvents(this.#options.database, events, {
        deliver: (tx, event) => this.subscriber.deliver(tx, event),
        delivered: (tx, { seq }) => {
          advance(tx, seq)
          tx.afterCommit(() => {
            this.#delivered++
          })
        },
      })
      return null
    } catch (error) {
      if (!(error instanceof DeliveryFailed)) throw error
      this.#noteFailure(error)
      return error
    }
  }

  /** Whether it fails by itself. Where many do, it is not the events: then it is better to wait than to set all of them aside. */
  #isHopeless({ cause }: DeliveryFailed): boolean {
    const { database } = this.#options
    return (
      this.#tried.count >= MAX_TRIES &&
      !passes(cause) &&
      countUndelivered(database, this.subscriber.name) < MAX_SET_ASIDE
    )
  }

  async #setAside({ event, seq, message }: DeliveryFailed, advance: Advance): Promise<void> {
    const { database, log } = this.#options
    const { name: subscriber } = this.subscriber
    await database.write((tx) => {
      insertUndelivered(tx, { subscriber, event, error: message, at: Date.now() })
      advance(tx, seq)
    })
    log.error({ subscriber, event: event.id, type: event.type, error: message }, SET_ASIDE)
  }

  #noteFailure({ event, message }: DeliveryFailed): void {
    this.#tried = { event: event.id, count: this.#tried.event === event.id ? this.#tried.count + 1 : 1 }
    const isSame = this.#failing?.event === event.id
    this.#failing = {
      event: event.id,
      error: message,
      since: isSame ? (this.#failing?.since ?? new Date()) : new Date(),
    }
  }
}

/** With the pauses between them this is a quarter of an hour. */
const MAX_TRIES = 20
const MAX_SET_ASIDE = 100

/** A full queue or disk says nothing about the event. */
function passes(cause: unknown): boolean {
  return cause instanceof AppError ? cause.status >= 500 : isSqliteFailure(cause)
}

const SET_ASIDE =
  'an event could not be delivered in 20 tries and is set aside: it is delivered again when the server starts'
const LOST =
  'events were lost to a subscriber: it was so far behind that the change log no longer had them. It goes on with what happens from now on'
