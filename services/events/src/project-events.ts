import {
  AppError,
  type EventReplay,
  type EventSubscription,
  type JobChain,
  type JsonValue,
  matchesEvent,
  type ProjectEvents,
  type Tx,
} from '@koyalite/contracts'
import type { Log } from '@koyalite/kernel'
import type { Schema } from '@koyalite/schema'
import { type Database, listCursors, removeCursor } from '@koyalite/sqlite'
import { ownTypeProblems, patternProblem } from './event-types'
import { shapeOf } from './history/document-shape'
import type { Shapes } from './history/document-states'
import { replayEvents } from './replay-events'
import { insertNote, logEvent } from './store/event-log'
import { removeUndeliveredOf } from './store/undelivered-events'
import { CURSOR_PREFIX, type SubscriberStatus, Subscription, type SubscriptionOptions } from './subscription'

export interface EventsOptions {
  readonly database: Database
  readonly schema: Schema
  readonly log: Log
  readonly backOff?: SubscriptionOptions['backOff']
}

/** It lives as long as the database is open, over every reload. */
export interface Events extends ProjectEvents {
  /** From now on collections are these. */
  use(schema: Schema): void
  /** Removes cursors of subscribers that there are no more: the log is not kept for them. To be called when all have subscribed. */
  removeAbandoned(): Promise<void>
  /** By subscriber, how many events were delivered since the start. */
  delivered(): ReadonlyMap<string, number>
  /** Resolves when everything that is durable now is delivered. */
  caughtUp(): Promise<void>
  health(): readonly SubscriberStatus[]
  close(): Promise<void>
}

/** So that the event fits into the payload of a job. */
const MAX_DATA_BYTES = 240 * 1024

export function createEvents({ database, log, ...options }: EventsOptions): Events {
  let shapes = shapesOf(options.schema)
  const subscriptions = new Map<string, Subscription>()
  const all = () => [...subscriptions.values()]
  const { backOff } = options
  const names = () => [...shapes.keys()]

  function append(tx: Tx, { type, data, chain }: { type: string; data: JsonValue; chain: JobChain | null }): void {
    const text = JSON.stringify({ data, chain })
    if (Buffer.byteLength(text) > MAX_DATA_BYTES) {
      throw new AppError('PAYLOAD_TOO_LARGE', `an event has at most ${MAX_DATA_BYTES / 1024} KB of data`)
    }
    logEvent(tx, { type, text, at: Date.now() })
  }

  function isWanted(type: string): boolean {
    return all().some(({ patterns }) => patterns.some((pattern) => matchesEvent(pattern, type)))
  }

  return {
    subscribe(subscriber) {
      if (subscriptions.has(subscriber.name)) throw new Error(`two subscribers named ${subscriber.name}`)
      const subscription = new Subscription(subscriber, {
        ...{ database, log, shapes: () => shapes },
        ...(backOff === undefined ? {} : { backOff }),
      })
      subscriptions.set(subscriber.name, subscription)
      return {
        hold: () => subscription.hold(),
        changed: () => subscription.changed(),
        async end() {
          subscriptions.delete(subscriber.name)
          await subscription.end()
        },
      } satisfies EventSubscription
    },
    publish(tx, event) {
      const details = ownTypeProblems(event.type, names())
      if (details.length > 0) {
        throw new AppError(
          'VALIDATION_ERROR',
          `'${event.type}' is not a name for an event: it ${details[0]?.message}`,
          { details },
        )
      }
      append(tx, event)
    },
    report(tx, event) {
      if (isWanted(event.type)) append(tx, event)
    },
    isWanted,
    ownTypeProblems: (type) => ownTypeProblems(type, names()),
    patternProblem: (pattern) => patternProblem(pattern, names()),
    replay(replay: EventReplay) {
      const position = subscriptions.get(replay.subscriber)?.position() ?? null
      return replayEvents({ database, shapes, position }, replay)
    },
    note(tx, since, note) {
      const [first, last] = [since + 1, tx.lastSeq()]
      // What nobody follows now may be replayed later: that it was silent holds then too.
      const isWanted = note.silent === true || all().some(({ patterns }) => patterns.length > 0)
      if (isWanted && last >= first) insertNote(tx, { first, last, note })
    },
    health: () => all().flatMap((subscription) => subscription.health() ?? []),
    use(schema) {
      shapes = shapesOf(schema)
      for (const subscription of all()) {
        subscription
          .refresh()
          .catch((error: unknown) => log.error({ err: error }, 'a subscriber of events cannot go on'))
      }
    },
    async removeAbandoned() {
      const known = new Set([...subscriptions.keys()].map((name) => CURSOR_PREFIX + name))
      const abandoned = listCursors(database).filter(({ name }) => name.startsWith(CURSOR_PREFIX) && !known.has(name))
      if (abandoned.length === 0) return
      await database.write((tx) => {
        for (const { name } of abandoned) {
          removeCursor(tx, name)
          removeUndeliveredOf(tx, name.slice(CURSOR_PREFIX.length))
        }
      })
    },
    delivered: () => new Map(all().map(({ subscriber, delivered }) => [subscriber.name, delivered])),
    async caughtUp() {
      for (const subscription of all()) await subscription.caughtUp()
    },
    async close() {
      for (const subscription of all()) await subscription.end()
    },
  }
}

function shapesOf(schema: Schema): Shapes {
  return new Map([...schema.collections].map(([name, collection]) => [name, shapeOf(collection)]))
}
