import { type Change, NotPrimaryError } from '@koyalite/contracts'
import type { Database } from '../database'
import { CONSOLE_LOG, type Log } from '../log'
import type { Tx } from '../writer/tx'
import { advanceCursor, createCursor, findCursor } from './change-cursors'
import { selectChanges, toChange } from './change-log'

export interface ChangeConsumerOptions {
  /** Names its cursor in the database: the same over restarts and upgrades, and no other consumer's. */
  readonly name: string
  /** Where its very first run begins: with what changes from then on, or with the oldest change that the log still has. */
  readonly from: 'now' | 'start'
  /** The collections whose changes it receives; by default all. */
  readonly collections?: readonly string[]
  /**
   * Handles some changes, in the order of the log. If it throws, they are delivered again after a delay; after a crash they may be delivered again too. A handler that calls
   * `advance` in the transaction of its own work gets each change exactly once; in several transactions, where each says up to which change it has worked.
   */
  readonly handle: (changes: readonly Change[], advance: Advance) => Promise<unknown> | undefined
  /**
   * Changes were lost to it (it fell too far behind, or the project was reset): brings its work up to date from the documents themselves. Without it,
   * the consumer stays broken.
   */
  readonly rebuild?: () => Promise<unknown>
  readonly log?: Log
  /** Waits after errors, in milliseconds: each is twice the one before. */
  readonly backOff?: { readonly firstMs: number; readonly longestMs: number }
}

/** Moves the cursor in a transaction. @param upTo the change up to which everything is handled; by default all that were given */
export type Advance = (tx: Tx, upTo?: number) => void

export interface ChangeConsumer {
  readonly name: string
  readonly state: 'live' | 'retrying' | 'broken' | 'closed'
  /** Resolves when every change that is durable now has been handled; at once where it is broken, when it is closed. */
  caughtUp(): Promise<void>
  /** Waits for what is being handled. To be called before the database is closed. */
  close(): Promise<void>
}

/** At most so many changes of the log are looked at in one turn of the event loop. */
const WINDOW = 250
/** Published changes that wait in memory; more are read from the log when it is their turn. */
const MAX_BUFFERED = 2_000
/** So often a cursor moves past changes of other collections, so that it does not keep the log from being pruned. */
const SKIP_EVERY_MS = 10_000
const BACK_OFF = { firstMs: 1_000, longestMs: 60_000 }

/**
 * Consumes the change log durably: at least once, in order, durable changes only, from where it stopped, over restarts and crashes. SPEC.md, section F.
 * @throws NotPrimaryError in a process that only reads: the one that writes consumes
 */
export async function consumeChanges(database: Database, options: ChangeConsumerOptions): Promise<ChangeConsumer> {
  if (database.follows) throw new NotPrimaryError()
  const consumer = new Consumer(database, options)
  await consumer.open()
  return consumer
}

class Consumer implements ChangeConsumer {
  readonly name: string
  readonly #database: Database
  readonly #options: ChangeConsumerOptions
  readonly #log: Log
  readonly #stop: (() => void)[] = []
  readonly #waiting = new Set<{ readonly seq: number; readonly resolve: () => void }>()
  #state: ChangeConsumer['state'] = 'live'
  /** Everything up to here is handled. */
  #seq = 0
  /** Where its cursor stands. */
  #stored = 0
  /** Everything up to here may be handled. */
  #target = 0
  /** What was published after `#seq`, while it keeps up; null: it reads the log. */
  #buffer: Change[] | null = null
  #failures = 0
  #skipping: ReturnType<typeof setTimeout> | undefined
  #wake: () => void = () => {}
  #running: Promise<void> = Promise.resolve()

  constructor(database: Database, options: ChangeConsumerOptions) {
    this.name = options.name
    this.#database = database
    this.#options = options
    this.#log = options.log ?? CONSOLE_LOG
  }

  get state(): ChangeConsumer['state'] {
    return this.#state
  }

  async open(): Promise<void> {
    const { feed } = this.#database
    const { value: cursor } = await this.#database.write(
      (tx) => findCursor(tx, this.name) ?? createCursor(tx, this.name, this.#options.from),
    )
    this.#seq = cursor.seq
    this.#stored = cursor.seq
    this.#target = this.#database.durablePosition().seq
    // A log that ends before the cursor is another one.
    if (cursor.state === 'broken' || cursor.seq > this.#target) this.#break()
    this.#stop.push(feed.subscribe((changes) => this.#published(changes), this.#options.collections))
    this.#stop.push(feed.onPublished((upTo) => this.#moved(upTo)))
    let { epoch } = feed
    this.#stop.push(
      this.#database.onDurable((position) => {
        if (position.epoch === epoch) return
        epoch = position.epoch
        this.#epochBegan()
      }),
    )
    this.#running = this.#run()
  }

  caughtUp(): Promise<void> {
    const { seq } = this.#database.durablePosition()
    return new Promise((resolve) => {
      // What is durable is published in one of the next turns.
      this.#waiting.add({ seq, resolve })
      this.#settleWaiting()
    })
  }

  async close(): Promise<void> {
    if (this.#state === 'closed') return
    const wasLive = this.#state !== 'broken'
    this.#state = 'closed'
    for (const stop of this.#stop.splice(0)) stop()
    clearTimeout(this.#skipping)
    this.#wake()
    await this.#running
    this.#settleWaiting()
    if (wasLive) await this.#storeSkipped().catch((error: unknown) => this.#report(error))
  }

  #published(changes: readonly Change[]): void {
    if (this.#buffer === null) return
    if (this.#buffer.length + changes.length > MAX_BUFFERED) this.#buffer = null
    else for (const change of changes) if (change.seq > this.#seq) this.#buffer.push(change)
  }

  #moved(upTo: number): void {
    if (upTo > this.#target) this.#target = upTo
    this.#wake()
  }

  /** A reset breaks cursors, and has no changes that would show it. */
  #epochBegan(): void {
    if (this.#state === 'broken' || findCursor(this.#database, this.name)?.state === 'live') return
    this.#break()
    this.#wake()
  }

  async #run(): Promise<void> {
    while (this.#state !== 'closed') {
      try {
        if (this.#state === 'broken') {
          if (this.#options.rebuild === undefined) await this.#pause()
          else await this.#startOver(this.#options.rebuild)
          continue
        }
        const next = this.#next()
        if (next === null) {
          this.#settleWaiting()
          await this.#pause()
          continue
        }
        await this.#take(next)
      } catch (error) {
        await this.#failed(error)
      }
    }
  }

  /** What is to be handled next; null if that is nothing. */
  #next(): Portion | null {
    if (this.#seq >= this.#target) {
      this.#buffer ??= []
      return null
    }
    if (this.#buffer !== null) {
      const changes = this.#buffer.splice(0, WINDOW)
      return { changes, upTo: this.#buffer.length === 0 ? this.#target : (changes.at(-1)?.seq ?? this.#target) }
    }
    // Only what a live cursor has yet to see is certain to be in the log.
    if (findCursor(this.#database, this.name)?.state !== 'live') throw new CursorBroken()
    const upTo = Math.min(this.#target, this.#seq + WINDOW)
    const range = { after: this.#seq, upTo, limit: -1 }
    return { changes: this.#database.all(selectChanges(range, this.#options.collections ?? null)).map(toChange), upTo }
  }

  async #take({ changes, upTo }: Portion): Promise<void> {
    if (changes.length === 0) {
      this.#seq = upTo
      this.#skipping ??= setTimeout(() => this.#skip(), SKIP_EVERY_MS).unref()
      await new Promise(setImmediate)
      return
    }
    const advance = (tx: Tx, handled = upTo): void => {
      if (!advanceCursor(tx, this.name, handled)) throw new CursorBroken()
      tx.afterCommit(() => {
        this.#seq = handled
        this.#stored = handled
      })
    }
    await this.#options.handle(changes, advance)
    if (this.#stored < upTo) await this.#database.write((tx) => advance(tx))
    if (this.#failures === 0) return
    this.#failures = 0
    if (this.#state === 'retrying') this.#state = 'live'
  }

  #skip(): void {
    this.#skipping = undefined
    this.#storeSkipped().catch((error: unknown) => {
      if (!(error instanceof CursorBroken)) this.#report(error)
      else if (this.#state === 'live') this.#break()
      this.#wake()
    })
  }

  async #storeSkipped(): Promise<void> {
    const seq = this.#seq
    if (seq <= this.#stored) return
    await this.#database.write((tx) => {
      if (!advanceCursor(tx, this.name, seq) && findCursor(tx, this.name)?.state !== 'live') throw new CursorBroken()
    })
    this.#stored = Math.max(this.#stored, seq)
  }

  async #startOver(rebuild: () => Promise<unknown>): Promise<void> {
    // Taken before the documents are read: what changes meanwhile is handled afterwards.
    const { value: seq } = await this.#database.write((tx) => tx.lastSeq())
    await rebuild()
    await this.#database.write((tx) => createCursor(tx, this.name, seq))
    this.#seq = seq
    this.#stored = seq
    this.#buffer = null
    this.#failures = 0
    if (this.#state !== 'closed') this.#state = 'live'
    this.#log.info({ consumer: this.name }, 'a change consumer has started over and is up to date again')
  }

  async #failed(error: unknown): Promise<void> {
    // What was to be handled is read from the log again.
    this.#buffer = null
    if (this.#state === 'closed') return
    if (error instanceof CursorBroken) {
      this.#break()
      return
    }
    this.#report(error)
    if (this.#state !== 'broken') this.#state = 'retrying'
    const { firstMs, longestMs } = this.#options.backOff ?? BACK_OFF
    const wait = Math.min(longestMs, firstMs * 2 ** this.#failures++)
    const until = performance.now() + wait
    // What is published meanwhile wakes it, and does not make it try again earlier.
    while (this.#isOpen() && performance.now() < until) await this.#pause(until - performance.now())
  }

  /** State changes while others have the event loop. */
  #isOpen(): boolean {
    return this.#state !== 'closed'
  }

  #break(): void {
    this.#state = 'broken'
    this.#buffer = null
    const advice =
      this.#options.rebuild === undefined ? 'it is stopped until its cursor is recreated' : 'it starts over'
    this.#log.error({ consumer: this.name, seq: this.#seq }, `a change consumer missed changes: ${advice}`)
    this.#settleWaiting()
  }

  #report(error: unknown): void {
    this.#log.error({ err: error, consumer: this.name }, 'a change consumer failed; retrying')
  }

  /** Until something is published, or the time is over. */
  #pause(ms?: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = ms === undefined ? undefined : setTimeout(() => this.#wake(), ms).unref()
      this.#wake = () => {
        clearTimeout(timer)
        this.#wake = () => {}
        resolve()
      }
    })
  }

  #settleWaiting(): void {
    const isOver = this.#state === 'closed' || (this.#state === 'broken' && this.#options.rebuild === undefined)
    for (const one of this.#waiting) {
      if (!isOver && this.#seq < one.seq) continue
      this.#waiting.delete(one)
      one.resolve()
    }
  }
}

interface Portion {
  readonly changes: readonly Change[]
  readonly upTo: number
}

/** Its cursor was marked as broken, or is gone. */
class CursorBroken extends Error {
  constructor() {
    super('the cursor of the consumer is invalid')
  }
}
