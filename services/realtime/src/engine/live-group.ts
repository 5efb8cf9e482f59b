import { type Actor, formatSeq, type SqlValue } from '@koyalite/contracts'
import type { Database } from '@koyalite/sqlite'
import { Audience, type AudienceContext, sendWhole } from './audience'
import type { LiveList, LiveQuery } from './live-query'
import { type Body, deltaBody, deltaText, subscribedText } from './messages'
import { PageReader } from './page-reader'
import type { Pending } from './pending'
import { type MissedChanges, resume } from './resume'
import type { Place, ResumeTokens } from './resume-tokens'
import { groupsBody, type SnapshotBody, snapshotBody } from './snapshot-parts'
import type { Transfer } from './snapshot-transfers'
import type { Subscription } from './subscription'
import { type Key, type Window, windowOfGroups, windowOfPage } from './window'
import { diffWindows, type WindowDiff } from './window-diff'
import type { WindowPool } from './window-pool'

/** What groups need of the engine. */
export interface GroupContext extends AudienceContext {
  readonly database: Database
  readonly queryTimeoutMs: () => number
  /** The groups of an aggregate are read at most so often. */
  readonly aggregateMs: number
  /** Sends when the state with this number is on the disk, after everything that was handed in before: see `Outbox`. */
  deliver(seq: number, work: () => Iterable<number>): void
  /** There is something to evaluate. */
  dirty(group: LiveGroup): void
  /** All of a list was read, or given up. `asker` is somebody who waits for it. */
  finished(list: LiveList, ms: number, asker: Subscription | undefined): void
  /** A read failed: with an error that will come again, or with one that may not. */
  failed(group: LiveGroup, error: unknown): void
  /** What somebody follows, recompiled. Throws as `liveQuery` does. */
  queryOf(subscription: Subscription): LiveQuery
  /** The group's list is another one now, which changes with the time. */
  relist(group: LiveGroup, list: LiveList): void
  readonly tokens: ResumeTokens
  /** Identifies the schema, and the state of the tables that it describes. */
  readonly schemaPrint: string
  readonly windows: WindowPool
  /** Of the documents in one part of a snapshot: see `PART_BYTES`. */
  readonly partBytes: number
  /** The group's window has so many documents more. */
  counted(documents: number): void
}

/** More changed documents than these, and the whole window is read. */
const MAX_CHANGED = 64
/** A total is counted on by looking through the change log at once: about 10 ms of it. */
const MAX_OLD_LENGTH = 1024 * 1024
/** Texts are cached for new subscribers up to so many characters. */
const MAX_CACHED = 256 * 1024
/** For what changes by itself: no state is late enough. */
export const FOREVER = Number.POSITIVE_INFINITY

/**
 * All subscriptions to the same list with the same rights: one window, evaluated once per change, and one text for all. Only keys and
 * hashes of the documents are kept. SPEC.md, section G.
 */
export class LiveGroup {
  readonly key: string
  list: LiveList
  /** Counts the messages that all members got: who was away meanwhile can tell whether anything was missed. */
  version = 0
  /** How often what was known has become invalid. */
  resets = 0
  failures = 0
  readonly #context: GroupContext
  readonly #reader: PageReader
  readonly #audience: Audience
  readonly #id: string
  #window: Window | null = null
  /** Where expanded documents count: how many are shown as of the last page, and at most by now. */
  #shown = 0
  #mostShown = 0
  /** The state that the window is of. */
  #seq = 0
  /** The first state that the window was of: nobody continues from an earlier one by what is sent here. */
  #floor = 0
  #print: string | null = null
  /** The documents of the window as texts, as long as nothing changes: for the next newcomer. */
  #texts: readonly string[] | null = null
  #pending: Pending | null = null
  /** Up to there something has changed that only reading the window tells the effect of. */
  #changedAt = 0

  constructor(list: LiveList, id: string, context: GroupContext) {
    this.key = list.key
    this.list = list
    this.#id = id
    this.#context = context
    this.#reader = new PageReader(this, context)
    this.#audience = new Audience(context)
  }

  get isEmpty(): boolean {
    return this.#audience.isEmpty
  }

  get isReading(): boolean {
    return this.#reader.isReading
  }

  /** The state that its subscribers have, as far as that may be behind what has been handed out: of an aggregate that is read later. */
  get settledSeq(): number {
    return this.list.shape.isAggregate && this.isReading ? this.#seq : FOREVER
  }

  /** Documents that its subscribers have, expanded ones included where these count: then as of the last page. */
  get size(): number {
    return Math.max(this.#shown, this.#window?.entries.length ?? 0)
  }

  get window(): Window | null {
    return this.#window
  }

  get pending(): Pending | null {
    return this.#pending
  }

  members(): Iterable<Subscription> {
    return this.#audience.members()
  }

  /** The id that a new subscription gets: that of all others, unless the connection uses it already. */
  idFor(isFree: (id: string) => boolean): string {
    for (let n = 1; ; n++) {
      const id = n === 1 ? this.#id : `${this.#id}.${n}`
      if (isFree(id)) return id
    }
  }

  /** The subscription gets a snapshot, and from then on every delta. @param held the list as it has it: then it gets what has changed since */
  admit(subscription: Subscription, held: Window | null = null): void {
    subscription.group = this
    subscription.held = held
    this.#audience.wait(subscription)
    this.#context.dirty(this)
  }

  /** Lets one in that has been away since `version` and has missed nothing. */
  readmit(subscription: Subscription): void {
    subscription.group = this
    // It may be somebody else's by now.
    this.stamp(subscription)
    this.#audience.join(subscription)
    // While nobody was there a page may have been left unread.
    this.#context.dirty(this)
  }

  /** Continues to send one the parts of a snapshot, which was held back. */
  resend(subscription: Subscription, transfer: Transfer): void {
    subscription.group = this
    this.#audience.receive(subscription, transfer)
  }

  /** It has taken all parts of a snapshot: what has changed meanwhile comes next, and then every delta. */
  tookAll(subscription: Subscription, window: Window): void {
    this.#audience.tookAll(subscription, window)
    this.#context.dirty(this)
  }

  /** It has a state, and gets every delta; it does not wait for a snapshot, nor perhaps for the rest of what is being sent. */
  serves(subscription: Subscription): boolean {
    return subscription.group === this && this.#audience.serves(subscription)
  }

  remove(subscription: Subscription): void {
    subscription.group = null
    this.#audience.remove(subscription)
  }

  /** A document of the list's collection was changed. */
  touch(changed: Pending): void {
    if (changed.seq <= this.#seq) return
    // While an aggregate rests, thousands of documents may change: which ones makes no difference.
    if (this.list.shape.isAggregate) {
      this.touchAll(changed.seq)
      return
    }
    // A total is counted on from the state that it is of, and of that these changes do not tell.
    if (this.list.shape.count && changed.from <= this.#seq) this.#changedAt = Math.max(this.#changedAt, changed.seq)
    this.#pending = this.#pending?.with(changed) ?? changed
    this.#context.dirty(this)
  }

  /** Something that the query looks at was changed. */
  touchAll(seq: number): void {
    if (seq <= this.#seq) return
    this.#changedAt = Math.max(this.#changedAt, seq)
    this.#context.dirty(this)
  }

  /** What is known is no longer valid: everybody gets a snapshot. */
  reset(): void {
    this.#audience.recall()
    this.version++
    this.resets++
    this.#show(null)
    this.#texts = null
    this.#seq = 0
    this.#print = null
    this.#context.dirty(this)
  }

  /** Discards the texts that are cached for new subscribers. */
  trim(): void {
    this.#texts = null
  }

  /**
   * What it takes to bring the window to the state that reads see now, of which `seq` is the number: looking at the documents that have
   * changed, or reading the page. What takes neither is done.
   */
  due(seq: number): 'nothing' | 'changes' | 'page' {
    if (this.isReading) return 'nothing'
    const isQuiet = this.#pending === null && this.#changedAt <= this.#seq
    if (this.#window !== null && isQuiet) {
      // Nothing until then has touched it: whose rights changed just now must not learn about a time before.
      this.#seq = Math.max(this.#seq, seq)
      if (!this.#audience.hasWaiting) return 'nothing'
      if (this.#texts === null && !this.#audience.allHave(this.#window)) return 'page'
      this.#admitPending(this.#window, this.#texts ?? [])
      return 'nothing'
    }
    const { shape, params } = this.list
    const isPage =
      this.#window === null ||
      this.#pending === null ||
      this.#changedAt > this.#seq ||
      this.#audience.hasWaiting ||
      this.#pending.keys.length > MAX_CHANGED ||
      (shape.mostShown !== null && this.#mostShown + this.#pending.keys.length * shape.mostShown > shape.limit) ||
      (shape.count && this.#pending.oldLength > MAX_OLD_LENGTH) ||
      shape.isPaged ||
      shape.isTimed ||
      params === null
    return isPage ? 'page' : 'changes'
  }

  /** The window at the state `seq`, of which somebody else knows what it is. */
  stepTo(window: Window, seq: number): void {
    const { mostShown } = this.list.shape
    if (mostShown !== null) this.#mostShown += (this.#pending?.keys.length ?? 0) * mostShown
    this.#pending = null
    this.#seq = seq
    if (window === this.#window) return
    this.#show(window)
    this.#texts = null
  }

  /** Nobody is there any more, nor will be. */
  discard(): void {
    this.#show(null)
    this.#texts = null
  }

  #show(window: Window | null): void {
    this.#context.counted((window?.entries.length ?? 0) - (this.#window?.entries.length ?? 0))
    this.#window = window
  }

  readPage(): void {
    this.#reader.read()
  }

  /** Sends a delta to all members, some at each step; returns how many. */
  send(body: Body): Iterable<number> {
    this.version++
    return this.#audience.send(body)
  }

  /** The page was read at the state `seq`. Throws where it is not one that may be shown. */
  takePage(rows: readonly (readonly SqlValue[])[], seq: number): void {
    if (this.isEmpty) return
    if (seq < this.#seq) {
      this.#context.dirty(this)
      return
    }
    const { shape } = this.list
    const page = shape.isAggregate ? windowOfGroups(rows, shape) : windowOfPage(rows, shape)
    const { texts, size } = page
    const window = this.#context.windows.share(page.window, shape)
    const before = this.#window
    this.failures = 0
    this.#shown = this.#mostShown = shape.mostShown === null ? 0 : size
    this.#show(window)
    if (before === null) this.#floor = seq
    // Who comes first is mostly the only one.
    this.#texts = this.#audience.isServed && isCacheable(texts) ? texts : null
    this.#seq = seq
    this.#discardUpTo(seq)
    if (before !== null) {
      const diff = diffWindows(before, window)
      if (diff !== null && (shape.isAggregate || !diff.isSequential)) this.#sendSnapshot(window, texts)
      else if (diff !== null || before.total !== window.total) {
        const body = this.#deltaBody(diff, textsByKey(window, texts))
        this.#context.deliver(this.#seq, () => this.send(body))
      }
    }
    if (this.#audience.hasWaiting) this.#admitPending(window, texts)
    if (this.#pending !== null || this.#changedAt > seq) this.#context.dirty(this)
  }

  #discardUpTo(seq: number): void {
    if (this.#changedAt === FOREVER) this.#changedAt = 0
    if (this.#pending === null) return
    if (this.#pending.seq <= seq) this.#pending = null
    // The page has some of it already: a total cannot be counted on from there.
    else if (this.list.shape.count) this.#changedAt = Math.max(this.#changedAt, this.#pending.seq)
  }

  #deltaBody(diff: WindowDiff | null, textOf: (key: Key) => string): Body {
    const total = this.#window?.total ?? null
    const { showsKey, etags } = this.list.shape
    return deltaBody(diff, textOf, { seq: this.#seqText(), total, showsKey, etags })
  }

  #sendSnapshot(window: Window, texts: readonly string[]): void {
    const body = this.#snapshotBody(window, texts)
    this.#context.deliver(this.#seq, () => {
      this.version++
      return this.#audience.sendSnapshots(body, window)
    })
  }

  #admitPending(window: Window, texts: readonly string[]): void {
    const admitted = this.#audience.takeWaiting()
    const missed = admitted.map((subscription) => this.#missedBy(subscription, window, texts))
    const body = missed.includes(null) ? this.#snapshotBody(window, texts) : null
    const state = { window, seq: this.#seqText() }
    for (const [index, subscription] of admitted.entries()) {
      const begins = missed[index] ?? body
      if (begins !== null) this.#context.deliver(this.#seq, () => this.#admit(subscription, begins, state))
    }
  }

  /** Sends one what it begins with, which is of the state `seq`. Returns the number of messages. */
  #admit(
    subscription: Subscription,
    begins: SnapshotBody | MissedChanges,
    { window, seq }: { readonly window: Window; readonly seq: string },
  ): readonly number[] {
    const { subscriber } = subscription
    // It may have left, gone to another group, or come back since.
    if (subscription.group !== this || !this.#audience.isNext(subscription)) return []
    if (!subscriber.fits(subscription)) return []
    const isOpening = subscription.opening !== null
    const isSnapshot = 'parts' in begins
    subscription.held = null
    this.stamp(subscription)
    subscriber.outlet.batch(() => {
      if (subscription.opening !== null) {
        // Until what was missed has arrived, the client is where it was.
        const resume = isSnapshot ? `${seq}.${subscription.stamp}` : (subscription.opening.since ?? '')
        const payload = { subscription_id: subscription.id, resume, seq, resumed: !isSnapshot }
        subscriber.outlet.send(subscribedText(subscription.requestId, payload))
        subscription.opening = null
      }
      if (!isSnapshot) {
        if (begins.body !== null) subscriber.outlet.send(deltaText(subscription, begins.body))
      } else if (begins.parts.length === 1) sendWhole(subscription, begins)
    })
    if (isSnapshot && begins.parts.length > 1) this.#audience.receive(subscription, { body: begins, window, sent: 0 })
    else this.#audience.join(subscription)
    if (isOpening) subscriber.opened()
    return [1]
  }

  /** What one has missed who knows the list as it was; null where only a snapshot tells it. */
  #missedBy(subscription: Subscription, window: Window, texts: readonly string[]): MissedChanges | null {
    const { held } = subscription
    if (held !== null) return this.#changedSince(held, window, texts)
    const since = subscription.opening?.since ?? null
    if (since === null) return null
    const from = this.#context.tokens.positionOf(since, this.#place(subscription.subscriber.actor))
    if (from === null) return null
    return resume(this.#context, this.list, { subscription, from, state: { window, texts, seq: this.#seq } })
  }

  #changedSince(held: Window, window: Window, texts: readonly string[]): MissedChanges | null {
    if (held === window) return { body: null }
    const diff = diffWindows(held, window)
    if (diff === null && held.total === window.total) return { body: null }
    if (diff?.isSequential === false) return null
    return { body: this.#deltaBody(diff, textsByKey(window, texts)) }
  }

  /** From now on its resume tokens are of its present actor. */
  stamp(subscription: Subscription): void {
    const { actor } = subscription.subscriber
    subscription.stamp = this.#context.tokens.stamp({ ...this.#place(actor), floor: this.#floor })
  }

  #place(actor: Actor): Omit<Place, 'floor'> {
    const { tokens, schemaPrint, database } = this.#context
    this.#print ??= tokens.listPrint(this.list, schemaPrint)
    return { list: this.#print, actor, epoch: database.feed.epoch }
  }

  #snapshotBody({ entries, total }: Window, texts: readonly string[]): SnapshotBody {
    const { isAggregate, showsKey, etags } = this.list.shape
    if (isAggregate) return groupsBody(texts, this.#seqText())
    const keys = showsKey ? null : entries.map(({ key }) => key)
    return snapshotBody(texts, { seq: this.#seqText(), total, keys, etags }, this.#context.partBytes)
  }

  #seqText(): string {
    return formatSeq(this.#context.database.feed.epoch, this.#seq)
  }
}

function textsByKey(window: Window, texts: readonly string[]): (key: Key) => string {
  const byKey = new Map(window.entries.map(({ key }, index) => [key, texts[index] as string]))
  return (key) => byKey.get(key) as string
}

function isCacheable(texts: readonly string[]): boolean {
  return texts.reduce((sum, { length }) => sum + length, 0) <= MAX_CACHED
}
