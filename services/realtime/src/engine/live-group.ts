import { formatSeq } from '@koyalite/contracts'
import type { Database } from '@koyalite/sqlite'
import { committedSeq } from '../store/change-log'
import { Lane } from './lane'
import { given, type LiveQuery } from './live-query'
import { deltaBody, deltaText, snapshotBody, snapshotText, subscribedText } from './messages'
import { resume } from './resume'
import type { Subscription } from './subscription'
import { foundDocument, type Key, type Window, windowAfter, windowOfPage } from './window'
import { diffWindows, type WindowDiff } from './window-diff'
import type { WindowPool } from './window-pool'
import type { WindowStep } from './window-step'

/** What groups need of the engine. */
export interface GroupContext {
  readonly database: Database
  readonly queryTimeoutMs: number
  readonly now: () => number
  /** Runs `work` when the state with this number is on the disk, after everything that was handed in before. */
  deliver(seq: number, work: () => void): void
  /** There is something to evaluate. */
  dirty(group: LiveGroup): void
  /** A read failed: with an error that will come again, or with one that may not. */
  failed(group: LiveGroup, error: unknown): void
  /** What clients were told before this was under another schema, or by another process. */
  readonly schemaSince: number
  delivered(messages: number): void
  readonly windows: WindowPool
}

/** More changed documents than these, and the whole window is read. */
const MAX_SINGLE_READS = 16
/** For what changes by itself: no state is late enough. */
export const FOREVER = Number.POSITIVE_INFINITY

/**
 * All subscriptions to the same list with the same rights: one window, evaluated once per change, and one text for all. Only keys and
 * hashes of the documents are kept. SPEC.md, section G.
 */
export class LiveGroup {
  readonly key: string
  query: LiveQuery
  /** Counts the messages that all members got: who was away meanwhile can tell whether anything was missed. */
  version = 0
  failures = 0
  readonly #context: GroupContext
  readonly #lanes = new Map<string, Lane>()
  readonly #newcomers = new Set<Subscription>()
  #id: string
  #window: Window | null = null
  /** The state that the window is of. */
  #seq = 0
  /** The documents of the window as texts, as long as nothing changes: for the next newcomer. */
  #texts: readonly string[] | null = null
  #changed = new Map<Key, number>()
  #changedAt = 0
  #reading = false

  constructor(query: LiveQuery, id: string, context: GroupContext) {
    this.key = query.key
    this.query = query
    this.#id = id
    this.#context = context
  }

  get isEmpty(): boolean {
    if (this.#newcomers.size > 0) return false
    for (const lane of this.#lanes.values()) if (lane.size > 0) return false
    return true
  }

  *members(): Iterable<Subscription> {
    for (const lane of this.#lanes.values()) yield* lane.members
    yield* this.#newcomers
  }

  /** The id that a new subscription gets: that of all others, unless the connection uses it already. */
  idFor(isFree: (id: string) => boolean): string {
    for (let n = 1; ; n++) {
      const id = n === 1 ? this.#id : `${this.#id}.${n}`
      if (isFree(id)) return id
    }
  }

  /** The subscription gets a snapshot, and from then on every delta. */
  admit(subscription: Subscription): void {
    subscription.group = this
    this.#newcomers.add(subscription)
    this.#context.dirty(this)
  }

  /** Lets one in that has been away since `version` and has missed nothing. */
  readmit(subscription: Subscription): void {
    subscription.group = this
    this.#join(subscription)
    // While nobody was there a page may have been left unread.
    this.#context.dirty(this)
  }

  /** It has a state, and gets every delta; it does not wait for a snapshot. */
  serves(subscription: Subscription): boolean {
    return this.#lanes.get(subscription.id)?.has(subscription) ?? false
  }

  remove(subscription: Subscription): void {
    subscription.group = null
    this.#newcomers.delete(subscription)
    const lane = this.#lanes.get(subscription.id)
    if (lane?.leave(subscription) && lane.size === 0) this.#lanes.delete(lane.id)
  }

  /** A document of the list's collection was changed. */
  touch(key: Key, seq: number): void {
    if (seq <= this.#seq) return
    this.#changed.set(key, seq)
    this.#context.dirty(this)
  }

  /** Something that the query looks at was changed. */
  touchAll(seq: number): void {
    if (seq <= this.#seq) return
    this.#changedAt = seq
    this.#context.dirty(this)
  }

  /** What is known is of no use any more: everybody gets a snapshot. */
  reset(): void {
    for (const lane of this.#lanes.values()) {
      for (const member of [...lane.members]) {
        lane.leave(member)
        this.#newcomers.add(member)
      }
    }
    this.#lanes.clear()
    this.#window = null
    this.#texts = null
    this.#seq = 0
    this.#context.dirty(this)
  }

  /** Forgets the texts that are kept for newcomers. */
  trim(): void {
    this.#texts = null
  }

  /** Brings the window to the state that reads see now, of which `seq` is the number. */
  evaluate(seq: number): void {
    if (this.#reading) return
    const isQuiet = this.#changed.size === 0 && this.#changedAt <= this.#seq
    if (this.#window !== null && isQuiet) {
      // Nothing until then has touched it: whose rights changed just now must not be told of a time before.
      this.#seq = Math.max(this.#seq, seq)
      if (this.#newcomers.size === 0) return
      if (this.#texts !== null) {
        this.#admitNewcomers(this.#window, this.#texts)
        return
      }
    }
    if (this.#needsPage() || !this.#applySingly(seq)) this.#readPage()
  }

  #needsPage(): boolean {
    return (
      this.#window === null ||
      this.#changedAt > this.#seq ||
      this.#newcomers.size > 0 ||
      this.#changed.size > MAX_SINGLE_READS ||
      this.query.shape.count ||
      this.query.isPaged ||
      this.query.at !== null
    )
  }

  /** Looks at the changed documents alone; false where that does not tell what the window is. */
  #applySingly(seq: number): boolean {
    const before = this.#window as Window
    const keys = [...this.#changed.keys()]
    const [key] = keys
    if (keys.length === 1 && key !== undefined) return this.#applyOne(before, key, seq)
    const { database } = this.#context
    const rows = database.all(given(this.query.statement('among'), JSON.stringify(keys)))
    if (!this.#isStill(seq)) return false
    const found = rows.map(foundDocument)
    const window = windowAfter(before, this.query.shape, new Set(keys), found)
    const diff = window === null ? null : diffWindows(before, window)
    if (window === null || diff?.isSequential === false) return false
    const texts = new Map(found.map(({ entry, text }) => [entry.key, text]))
    this.#stepTo({ window, diff }, seq, (one) => texts.get(one) as string)
    return true
  }

  #applyOne(before: Window, key: Key, seq: number): boolean {
    const row = this.#context.database.get(given(this.query.one, key))
    if (!this.#isStill(seq)) return false
    const found = row && foundDocument(row)
    const step = this.#context.windows.step(before, this.query.shape, key, found)
    if (step === null) return false
    this.#stepTo(step, seq, () => found?.text as string)
    return true
  }

  /** Where another process writes, it may have committed between two reads. A page is one read, and says itself of which state it is. */
  #isStill(seq: number): boolean {
    const { database } = this.#context
    return !database.follows || committedSeq(database) === seq
  }

  #stepTo({ window, diff }: WindowStep, seq: number, textOf: (key: Key) => string): void {
    this.#changed.clear()
    this.#window = window
    this.#seq = seq
    if (diff === null) return
    this.#texts = null
    this.#publish(diff, textOf)
  }

  get isReading(): boolean {
    return this.#reading
  }

  #readPage(): void {
    this.#reading = true
    const { database, queryTimeoutMs, now } = this.#context
    try {
      this.query = this.query.at?.(now()) ?? this.query
    } catch (error) {
      this.#readFailed(error)
      return
    }
    database.query(this.query.page, { timeoutMs: queryTimeoutMs }).then(
      ({ rows, seq }) => {
        this.#reading = false
        try {
          this.#applyPage(rows, seq)
        } catch (error) {
          this.#readFailed(error)
        }
      },
      (error: unknown) => this.#readFailed(error),
    )
  }

  #readFailed(error: unknown): void {
    this.#reading = false
    this.#context.failed(this, error)
  }

  #applyPage(rows: Parameters<typeof windowOfPage>[0], seq: number): void {
    if (this.isEmpty) return
    if (seq < this.#seq) {
      this.#context.dirty(this)
      return
    }
    const page = windowOfPage(rows, this.query.shape)
    const { texts } = page
    const window = this.#context.windows.share(page.window, this.query.shape)
    const before = this.#window
    this.failures = 0
    this.#window = window
    this.#texts = texts
    this.#seq = seq
    for (const [key, at] of this.#changed) if (at <= seq) this.#changed.delete(key)
    if (this.#changedAt === FOREVER) this.#changedAt = 0
    if (before !== null) {
      const diff = diffWindows(before, window)
      if (diff?.isSequential === false) this.#publishSnapshot(window, texts)
      else if (diff !== null || before.total !== window.total) {
        const byKey = new Map(window.entries.map(({ key }, index) => [key, texts[index] as string]))
        this.#publish(diff, (key) => byKey.get(key) as string)
      }
    }
    if (this.#newcomers.size > 0) this.#admitNewcomers(window, texts)
    if (this.#changed.size > 0 || this.#changedAt > seq) this.#context.dirty(this)
  }

  #publish(diff: WindowDiff | null, textOf: (key: Key) => string): void {
    const total = this.#window?.total ?? null
    const body = deltaBody(diff, textOf, { seq: this.#seqText(), total, showsKey: this.query.showsKey })
    this.#context.deliver(this.#seq, () => {
      this.version++
      let messages = 0
      for (const lane of [...this.#lanes.values()]) messages += lane.publish(deltaText(lane.id, body))
      this.#context.delivered(messages)
    })
  }

  #publishSnapshot(window: Window, texts: readonly string[]): void {
    const body = this.#snapshotBody(window, texts)
    this.#context.deliver(this.#seq, () => {
      this.version++
      for (const lane of [...this.#lanes.values()]) for (const member of [...lane.members]) this.#send(member, body)
    })
  }

  #admitNewcomers(window: Window, texts: readonly string[]): void {
    const admitted = [...this.#newcomers]
    this.#newcomers.clear()
    const seq = this.#seqText()
    const body = this.#snapshotBody(window, texts)
    for (const subscription of admitted) {
      const since = subscription.opening?.since ?? null
      const state = { window, texts, seq: this.#seq }
      const missed = since === null ? null : resume(this.#context, this.query, { subscription, since, state })
      this.#context.deliver(this.#seq, () => {
        // It may have left, or gone to another group, since.
        if (subscription.group !== this || this.#newcomers.has(subscription)) return
        const { outlet } = subscription.subscriber
        outlet.batch(() => {
          if (subscription.opening !== null) {
            const payload = { subscription_id: subscription.id, seq, resumed: missed !== null }
            outlet.send(subscribedText(subscription.requestId, payload))
            subscription.opening = null
          }
          if (missed === null) this.#send(subscription, body)
          else if (missed.body !== null) outlet.send(deltaText(subscription.id, missed.body))
        })
        this.#join(subscription)
        this.#context.delivered(1)
      })
    }
  }

  #snapshotBody({ entries, total }: Window, texts: readonly string[]): string {
    const keys = this.query.showsKey ? null : entries.map(({ key }) => key)
    return snapshotBody(texts, { seq: this.#seqText(), total, keys })
  }

  #send(subscription: Subscription, snapshot: string): void {
    subscription.subscriber.outlet.send(snapshotText(subscription.requestId, subscription.id, snapshot))
  }

  #join(subscription: Subscription): void {
    let lane = this.#lanes.get(subscription.id)
    if (!lane) {
      lane = new Lane(subscription.id)
      this.#lanes.set(lane.id, lane)
    }
    lane.join(subscription)
  }

  #seqText(): string {
    return formatSeq(this.#context.database.feed.epoch, this.#seq)
  }
}
