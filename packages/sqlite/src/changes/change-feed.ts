import type { Change, ChangeFeed } from '@koyalite/contracts'
import type { StatementCache } from '../driver/statement-cache'
import type { Log } from '../log'
import { NO_PARAMS } from '../writer/tx'
import { anyChange, changesBetween, SELECT_LAST_SEQ } from './change-log'

export type ChangeListener = (changes: readonly Change[]) => void

export interface FeedOptions {
  readonly epoch: string
  /** Of a connection that sees what is committed, and is never inside a write. */
  readonly statements: StatementCache
  /** Of the connection that commits, where that is in this process: it has in memory what it has just written. */
  readonly committing?: StatementCache
  readonly log: Log
  /** Up to where the log is durable; by default all of it. */
  readonly durableSeq?: number
  /** Notices what other processes have committed: what a client has seen through them must be known here. */
  readonly look?: () => void
}

/** Up to where the log is durable. */
export interface LogPosition {
  readonly epoch: string
  readonly seq: number
}

/** More changes than this are handed out in portions, cut between batches, with a turn of the event loop after each. */
const PORTION = 2000

/** More changes than this are not looked through at their commit. */
const MAX_LOOKED_THROUGH = 500

/** Changes of which none is of the collections that were wanted. */
interface Unwanted {
  readonly after: number
  readonly upTo: number
  readonly wanted: readonly string[]
}

interface Subscription {
  readonly listener: ChangeListener
  /** Null: all. */
  readonly collections: ReadonlySet<string> | null
}

/** Publishes the changes of batches that have become durable. SPEC.md, section F. */
export class Feed implements ChangeFeed {
  readonly #statements: StatementCache
  readonly #committing: StatementCache | null
  readonly #log: Log
  readonly #look: () => void
  readonly #durableListeners = new Set<(position: LogPosition) => void>()
  readonly #publishedListeners = new Set<(upTo: number) => void>()
  readonly #subscriptions = new Set<Subscription>()
  /** What at least one listener wants to know of; null: all. */
  #wanted: readonly string[] | null = []
  /** Last change of each durable batch that is not yet published: where a portion may end. */
  #boundaries: number[] = []
  #epoch: string
  #lastSeq: number
  #durableSeq: number
  #publishedSeq: number
  #scheduled = false
  /** Changes that were read and are not all published yet. */
  #tail: { readonly after: number; readonly upTo: number; readonly changes: readonly Change[] } | null = null
  /** The last ones: publishing them takes no look at the log. */
  #unwanted: Unwanted | null = null
  /**
   * Up to where somebody has read all changes: who keeps up with publication will do so again, and listeners take
   * theirs from the same read.
   */
  #wholeUpTo = -1

  constructor({ epoch, statements, committing, log, durableSeq, look = () => {} }: FeedOptions) {
    this.#epoch = epoch
    this.#statements = statements
    this.#committing = committing ?? null
    this.#log = log
    this.#look = look
    this.#lastSeq = this.readLastSeq()
    this.#durableSeq = durableSeq ?? this.#lastSeq
    this.#publishedSeq = this.#durableSeq
  }

  get epoch(): string {
    return this.#epoch
  }

  get lastSeq(): number {
    return this.#lastSeq
  }

  /** The last change that the listeners have been given, or that none of them waits for. */
  get publishedSeq(): number {
    return this.#publishedSeq
  }

  get listening(): boolean {
    return this.#subscriptions.size + this.#publishedListeners.size > 0
  }

  subscribe(listener: ChangeListener, collections?: readonly string[]): () => void {
    const subscription = { listener, collections: collections === undefined ? null : new Set(collections) }
    if (!this.listening) this.#skip()
    this.#subscriptions.add(subscription)
    this.#wanted = wantedBy(this.#subscriptions)
    return () => {
      this.#subscriptions.delete(subscription)
      this.#wanted = wantedBy(this.#subscriptions)
    }
  }

  onPublished(listener: (upTo: number) => void): () => void {
    if (!this.listening) this.#skip()
    this.#publishedListeners.add(listener)
    return () => this.#publishedListeners.delete(listener)
  }

  read(after: number, upTo: number): readonly Change[] {
    this.#wholeUpTo = Math.max(this.#wholeUpTo, upTo)
    return this.#read(after, upTo)
  }

  since(seq: number, limit: number): readonly Change[] | null {
    this.#look()
    if (seq > this.#lastSeq) return null
    const first = this.#statements.get('SELECT min(seq) FROM _koyalite_changes').get(NO_PARAMS)?.[0] as number | null
    if (seq < (first ?? 1) - 1) return null
    return changesBetween(this.#statements, { after: seq, upTo: this.#durableSeq, limit })
  }

  /** A batch was committed: reads see it. */
  committed(lastSeq: number): void {
    if (lastSeq <= this.#lastSeq) return
    const after = this.#lastSeq
    this.#lastSeq = lastSeq
    this.#lookThrough(after, lastSeq)
  }

  /**
   * Most commits change nothing that anybody listens to. The connection that made them sees that at a tenth of what
   * another one pays, which has to read the changed pages first.
   */
  #lookThrough(after: number, upTo: number): void {
    const wanted = this.#wanted
    if (this.#committing === null || wanted === null || wanted.length === 0 || upTo - after > MAX_LOOKED_THROUGH) return
    try {
      const { text, params } = anyChange({ after, upTo }, wanted)
      if (this.#committing.get(text).get(params) !== undefined) return
    } catch {
      // What is committed is acknowledged anyway; the reader of the changes reports what is
      // wrong.
      return
    }
    const before = this.#unwanted
    const goesOn = before !== null && before.upTo === after && before.wanted === wanted
    this.#unwanted = { after: goesOn ? before.after : after, upTo, wanted }
  }

  /** A batch is on the disk: its changes may be published. */
  durable(lastSeq: number): void {
    const moved = lastSeq > this.#durableSeq
    if (moved) this.#durableSeq = lastSeq
    this.#notifyPosition()
    if (!moved) return
    if (!this.listening) {
      this.#skip()
    } else {
      this.#boundaries.push(lastSeq)
      this.#schedule()
    }
  }

  /** Up to where the log is durable. */
  position(): LogPosition {
    return { epoch: this.#epoch, seq: this.#durableSeq }
  }

  /** `listener` is notified at once of every batch that has become durable, also of one that logged no change. */
  onDurable(listener: (position: LogPosition) => void): () => void {
    this.#durableListeners.add(listener)
    return () => this.#durableListeners.delete(listener)
  }

  changeEpoch(epoch: string): void {
    this.#epoch = epoch
    this.#tail = null
    this.#unwanted = null
    this.#wholeUpTo = -1
    this.#notifyPosition()
  }

  readLastSeq(): number {
    return (this.#statements.get(SELECT_LAST_SEQ).get(NO_PARAMS)?.[0] as number | null) ?? 0
  }

  #notifyPosition(): void {
    for (const listener of this.#durableListeners) listener(this.position())
  }

  #skip(): void {
    this.#publishedSeq = this.#durableSeq
    this.#boundaries = []
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    // A turn later: those who wait for an acknowledgement come before those who watch.
    setImmediate(() => {
      this.#scheduled = false
      this.#publish()
    })
  }

  #publish(): void {
    const upTo = this.#takePortion()
    if (upTo === undefined) return
    const changes = this.#wantedChanges(upTo)
    this.#publishedSeq = upTo
    if (changes.length > 0) for (const subscription of this.#subscriptions) this.#tell(subscription, changes)
    for (const listener of this.#publishedListeners) this.#attempt(() => listener(upTo))
    this.#trimTail()
    if (this.#boundaries.length > 0) this.#schedule()
  }

  #wantedChanges(upTo: number): readonly Change[] {
    const after = this.#publishedSeq
    const wanted = this.#wanted
    if (wanted?.length === 0) return []
    const unwanted = this.#unwanted
    if (unwanted !== null && unwanted.wanted === wanted && unwanted.after <= after && upTo <= unwanted.upTo) return []
    if (this.#wholeUpTo < after) return changesBetween(this.#statements, { after, upTo, limit: -1 }, wanted)
    const changes = this.#read(after, upTo)
    return wanted === null ? changes : changes.filter(({ collection }) => wanted.includes(collection))
  }

  /** From what was read before, and the rest from the log. */
  #read(after: number, upTo: number): readonly Change[] {
    const tail = this.#tail
    const isBeside = tail === null || after < tail.after || after > tail.upTo
    // In a database in memory a transaction that may be rolled back shows too.
    if (upTo > this.#lastSeq || isBeside) {
      const changes = changesBetween(this.#statements, { after, upTo, limit: -1 })
      if (upTo <= this.#lastSeq) this.#tail = { after, upTo, changes }
      return changes
    }
    if (upTo > tail.upTo) {
      const more = changesBetween(this.#statements, { after: tail.upTo, upTo, limit: -1 })
      this.#tail = { after: tail.after, upTo, changes: [...tail.changes, ...more] }
    }
    return (this.#tail ?? tail).changes.filter(({ seq }) => seq > after && seq <= upTo)
  }

  /** What is published is not asked for again. */
  #trimTail(): void {
    const tail = this.#tail
    if (tail === null) return
    const after = this.#publishedSeq
    if (tail.upTo <= after) this.#tail = null
    else if (after > tail.after)
      this.#tail = { after, upTo: tail.upTo, changes: tail.changes.filter(({ seq }) => seq > after) }
  }

  /** The last boundary within a portion's size; at least one batch. */
  #takePortion(): number | undefined {
    let count = 0
    while (count < this.#boundaries.length && (this.#boundaries[count] ?? 0) - this.#publishedSeq <= PORTION) count++
    return this.#boundaries.splice(0, Math.max(1, count)).at(-1)
  }

  #tell({ listener, collections }: Subscription, changes: readonly Change[]): void {
    const own = collections === null ? changes : changes.filter(({ collection }) => collections.has(collection))
    if (own.length > 0) this.#attempt(() => listener(own))
  }

  #attempt(tell: () => void): void {
    try {
      tell()
    } catch (error) {
      this.#log.error({ err: error }, 'a change feed listener failed')
    }
  }
}

function wantedBy(subscriptions: Iterable<Subscription>): readonly string[] | null {
  const wanted = new Set<string>()
  for (const { collections } of subscriptions) {
    if (collections === null) return null
    for (const collection of collections) wanted.add(collection)
  }
  return [...wanted]
}
