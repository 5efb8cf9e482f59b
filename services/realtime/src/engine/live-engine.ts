import { type Actor, AppError, type Change, formatSeq } from '@koyalite/contracts'
import { type Log, toAppError } from '@koyalite/kernel'
import type { ListQuery } from '@koyalite/query'
import type { Schema } from '@koyalite/schema'
import type { Database } from '@koyalite/sqlite'
import { committedSeq } from '../store/change-log'
import { schemaPrint } from '../store/schema-print'
import { ChangeRouter } from './change-router'
import { DirtyGroups } from './dirty-groups'
import { evaluateBatch } from './evaluate-batch'
import { FOREVER, type GroupContext, LiveGroup } from './live-group'
import { type LiveList, type LiveQuery, liveQuery } from './live-query'
import { Outbox } from './outbox'
import type { ResumeTokens } from './resume-tokens'
import { createShapeTable, type ShapeTable } from './shape-table'
import { PART_BYTES } from './snapshot-parts'
import { SnapshotTransfers } from './snapshot-transfers'
import type { Subscription } from './subscription'
import { createWindowPool } from './window-pool'

export interface LiveEngineOptions {
  readonly database: Database
  readonly log: Log
  readonly schema: Schema
  readonly tokens: ResumeTokens
  readonly queryTimeoutMs: () => number
  /** The most documents that a list of all may have. */
  readonly maxDocuments: () => number
  /** Whether so many bytes more may be held for clients that take large snapshots. */
  readonly hasRoom: (bytes: number) => boolean
  /** All of a list was read, or given up: see GroupContext. */
  readonly finished?: GroupContext['finished']
  readonly now?: () => number
  /** How often what depends on the time is evaluated again. */
  readonly timeMs?: number
  /** How often the groups of an aggregate are read at most. */
  readonly aggregateMs?: number
  /** Of the documents in one part of a snapshot. */
  readonly partBytes?: number
}

export interface EngineStats {
  readonly groups: number
  readonly delivered: number
  /** Changes that are committed and whose effect is not yet on its way. */
  readonly lag: number
}

/** A state up to which everything has been handed out. */
export interface Settled {
  readonly epoch: string
  readonly seq: number
}

/** Work between two turns of the event loop: requests and writes come in between. */
const SLICE_MS = 1
/** Beyond so many changes at once it is shorter to read every window. */
const MAX_ROUTED = 10_000
/** Rules and conditions that ask for the time are evaluated again this often. */
const TIME_MS = 15_000
const AGGREGATE_MS = 1_000
/** How long texts for new subscribers are cached. */
const TRIM_MS = 10_000
const RETRY_MS = 1_000
const MAX_FAILURES = 5

/**
 * Keeps groups of subscriptions up to date. It evaluates what is committed, and hands out what is on the disk: a delta whose state is
 * newer than that waits. SPEC.md, section E.
 */
export class LiveEngine {
  readonly #database: Database
  readonly #log: Log
  readonly #now: () => number
  readonly #groups = new Map<string, LiveGroup>()
  readonly #dirty = new DirtyGroups()
  /** Groups that wait for a page, and perhaps some that waited. */
  readonly #reading = new Set<LiveGroup>()
  /** Subscriptions that are held back, and where they were. */
  readonly #suspended = new Map<Subscription, LiveGroup>()
  readonly #timers: Timer[] = []
  readonly #context: GroupContext & { schemaPrint: string }
  readonly #unsubscribe: () => void
  readonly #outbox: Outbox
  readonly #transfers: SnapshotTransfers
  readonly #currentMaxDocuments: () => number
  #shapes: ShapeTable = createShapeTable()
  #router: ChangeRouter
  #schema: Schema
  #maxDocuments: number
  #epoch: string
  #ids = 0
  /** The changes up to here have been handed to the groups. */
  #routedSeq: number
  /** The changes up to here are on the disk. */
  #durableSeq: number
  #settledSeq: number
  /** States, ascending, up to which everything has been evaluated, and is sent or in the outbox. */
  #evaluated: number[] = []
  #delivered = 0
  #documents = 0
  #scheduled = false
  #closed = false

  constructor(options: LiveEngineOptions) {
    const { database, log, schema, tokens, queryTimeoutMs, maxDocuments, now = Date.now } = options
    const { timeMs = TIME_MS, aggregateMs = AGGREGATE_MS } = options
    this.#database = database
    this.#log = log
    this.#schema = schema
    this.#currentMaxDocuments = maxDocuments
    this.#maxDocuments = maxDocuments()
    this.#now = now
    this.#epoch = database.feed.epoch
    this.#router = new ChangeRouter(database, schema)
    this.#routedSeq = committedSeq(database)
    this.#durableSeq = database.durablePosition().seq
    this.#settledSeq = this.#routedSeq
    this.#outbox = new Outbox((error) => log.error({ err: error }, 'could not send a delta'))
    this.#transfers = new SnapshotTransfers(options.hasRoom, () => this.#schedule())
    this.#context = {
      database,
      queryTimeoutMs,
      aggregateMs,
      tokens,
      schemaPrint: schemaPrint(database, schema),
      deliver: (seq, work) => {
        this.#outbox.add(seq, work)
        this.#schedule()
      },
      finished: (list, ms, asker) => options.finished?.(list, ms, asker),
      dirty: (group) => this.#markDirty(group),
      failed: (group, error) => this.#failed(group, error),
      end: (subscription, error) => {
        this.close(subscription)
        subscription.subscriber.ended(subscription, error)
      },
      queryOf: (subscription) => this.#queryOf(subscription),
      relist: (group, list) => this.#relist(group, list),
      windows: createWindowPool(),
      transfers: this.#transfers,
      partBytes: options.partBytes ?? PART_BYTES,
      counted: (documents) => {
        this.#documents += documents
      },
    }
    this.#unsubscribe = database.feed.onPublished((upTo) => this.#becameDurable(upTo))
    this.#every(timeMs, () => this.#timePasses())
    this.#every(TRIM_MS, () => {
      for (const group of this.#groups.values()) group.trim()
    })
  }

  /** Nothing that is committed waits to be handed out. */
  get isSettled(): boolean {
    for (const group of this.#reading) if (group.isReading) return false
    return this.#isIdle && this.#outbox.isEmpty && this.#routedSeq >= committedSeq(this.#database)
  }

  /** Documents that all lists show together. */
  get documentCount(): number {
    return this.#documents
  }

  /** Bytes of the large snapshots that clients are taking. */
  get snapshotBytes(): number {
    return this.#transfers.bytes
  }

  /** The state up to which everything has been handed out to these subscriptions. */
  settledFor(subscriptions: readonly Subscription[]): Settled {
    // A page that showed nothing new, or that nobody waits for, has settled without a message.
    if (this.#dirty.isEmpty && !this.#outbox.isReady(this.#durableSeq)) this.#settle()
    const ofGroups = subscriptions.map(({ group }) => group?.settledSeq ?? FOREVER)
    return { epoch: this.#epoch, seq: Math.min(this.#settledSeq, ...ofGroups) }
  }

  /** With which somebody who has read a list continues to follow it, from the state `seq` that they read. */
  resumeToken(actor: Actor, query: ListQuery, seq: number): string {
    const asked = query.isAll ? { ...query, limit: this.#maxDocuments } : query
    const spec = { collection: query.collection.name, asked: '', key: null, parse: () => asked }
    const { list } = this.#queryOf({ spec, subscriber: { actor } })
    const { tokens, schemaPrint, database } = this.#context
    const { epoch } = database.feed
    const place = { list: tokens.listPrint(list, schemaPrint), actor, epoch, floor: seq }
    return `${formatSeq(epoch, seq)}.${tokens.stamp(place)}`
  }

  /** Begins to serve a subscription. Throws what `liveQuery` does; the subscription is not there then. */
  open(subscription: Subscription, isFree: (id: string) => boolean): void {
    const group = this.#groupFor(this.#queryOf(subscription).list)
    if (subscription.id === '') subscription.id = group.idFor(isFree)
    group.admit(subscription)
  }

  /** Sends a subscription a snapshot, whatever it has missed. */
  refresh(subscription: Subscription): void {
    this.close(subscription)
    try {
      this.#groupFor(this.#queryOf(subscription).list).admit(subscription)
    } catch (error) {
      subscription.subscriber.ended(subscription, this.#told(error))
    }
  }

  /**
   * Holds a subscription back until it is known what its actor may read now. The function that is given continues: at once, if nothing has
   * become different, else with a snapshot, or an error that ends the subscription.
   */
  suspend(subscription: Subscription): () => void {
    const { group, transfer, held } = subscription
    if (group === null) return () => this.refresh(subscription)
    const { version, resets } = group
    const wasServed = group.serves(subscription)
    group.remove(subscription)
    this.#suspended.set(subscription, group)
    return () => {
      this.#suspended.delete(subscription)
      // It was let in again meanwhile, by what was known then.
      if (subscription.group !== null) {
        this.refresh(subscription)
        return
      }
      try {
        const query = this.#queryOf(subscription)
        const isSame = query.list.key === group.key && this.#groups.get(group.key) === group
        const isUnderWay = isSame && group.resets === resets
        if (isUnderWay && transfer !== null) group.resend(subscription, transfer)
        else if (isUnderWay && held !== null) group.admit(subscription, held)
        else if (wasServed && isSame && group.version === version) group.readmit(subscription)
        else this.#groupFor(query.list).admit(subscription)
      } catch (error) {
        subscription.subscriber.ended(subscription, this.#told(error))
      }
      if (group.isEmpty) this.#drop(group)
    }
  }

  /** The client may have taken some of what was sent to it. */
  continue(subscription: Subscription): void {
    if (subscription.transfer !== null) this.#transfers.continue(subscription)
  }

  close(subscription: Subscription): void {
    const group = subscription.group ?? this.#suspended.get(subscription)
    this.#suspended.delete(subscription)
    if (!group) return
    group.remove(subscription)
    if (group.isEmpty) this.#drop(group)
  }

  /**
   * From now on this is the schema. Subscriptions continue with a snapshot, or end with an error if they are no longer
   * valid.
   */
  use(schema: Schema): void {
    const maxDocuments = this.#currentMaxDocuments()
    if (schema === this.#schema && maxDocuments === this.#maxDocuments) return
    this.#schema = schema
    this.#maxDocuments = maxDocuments
    const subscriptions = [...this.#groups.values()].flatMap((group) => [...group.members()])
    for (const subscription of subscriptions) this.close(subscription)
    this.#shapes = createShapeTable()
    this.#router = new ChangeRouter(this.#database, schema)
    this.#context.schemaPrint = schemaPrint(this.#database, schema)
    for (const subscription of subscriptions) this.refresh(subscription)
  }

  stats(): EngineStats {
    const lag = !this.#dirty.isEmpty || !this.#outbox.isEmpty ? committedSeq(this.#database) - this.#routedSeq : 0
    return { groups: this.#groups.size, delivered: this.#delivered, lag }
  }

  shutDown(): void {
    this.#closed = true
    this.#unsubscribe()
    for (const timer of this.#timers) clearInterval(timer)
    this.#groups.clear()
    this.#dirty.clear()
    this.#outbox.clear()
  }

  #queryOf({ spec, subscriber }: { spec: Subscription['spec']; subscriber: { readonly actor: Actor } }): LiveQuery {
    return liveQuery({
      schema: this.#schema,
      shapes: this.#shapes,
      actor: subscriber.actor,
      spec,
      time: this.#now(),
      maxDocuments: this.#maxDocuments,
    })
  }

  #groupFor(list: LiveList): LiveGroup {
    let group = this.#groups.get(list.key)
    if (!group) {
      group = new LiveGroup(list, `s${(++this.#ids).toString(36)}`, this.#context)
      this.#groups.set(group.key, group)
      this.#router.add(group)
    }
    return group
  }

  #drop(group: LiveGroup): void {
    if (this.#groups.get(group.key) !== group) return
    this.#groups.delete(group.key)
    this.#router.remove(group)
    this.#dirty.remove(group)
    group.discard()
  }

  /** Under the same key: who asks for it finds it still. */
  #relist(group: LiveGroup, list: LiveList): void {
    this.#router.remove(group)
    group.list = list
    this.#router.add(group)
  }

  #becameDurable(upTo: number): void {
    this.#durableSeq = Math.max(this.#durableSeq, upTo)
    this.#slice()
  }

  #markDirty(group: LiveGroup): void {
    this.#dirty.add(group)
    this.#schedule()
  }

  #schedule(): void {
    if (this.#scheduled || this.#closed) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      this.#slice()
    })
  }

  /** First what waits to be sent, so that what is evaluated does not pile up: meanwhile several commits become one delta. */
  #slice(): void {
    if (this.#closed) return
    this.#checkEpoch()
    const until = performance.now() + SLICE_MS
    const bounds = { durableSeq: this.#durableSeq, until }
    this.#delivered += this.#outbox.send(bounds)
    this.#pull()
    while (!this.#dirty.isEmpty && !this.#outbox.isReady(this.#durableSeq) && performance.now() < until) {
      if (!this.#evaluateSome()) break
      this.#delivered += this.#outbox.send(bounds)
    }
    this.#delivered += this.#transfers.send(until)
    if (!this.#isIdle || this.#outbox.isReady(this.#durableSeq)) this.#schedule()
    if (this.#dirty.isEmpty && !this.#outbox.isReady(this.#durableSeq)) this.#settle()
  }

  /** Nothing can be evaluated, and no part of a snapshot can be sent. */
  get #isIdle(): boolean {
    return this.#dirty.isEmpty && this.#transfers.isIdle
  }

  #settle(): void {
    for (const group of this.#reading) {
      if (!group.isReading) this.#reading.delete(group)
      // An aggregate may rest for a second: that keeps those up who follow it, and nobody else.
      else if (!group.list.shape.isAggregate) return
    }
    if (this.#evaluated.at(-1) !== this.#routedSeq) this.#evaluated.push(this.#routedSeq)
    // A message in the outbox may be of several commits: what of them is on the disk already waits for the rest.
    const sent = Math.min(this.#durableSeq, this.#outbox.lowestSeq - 1)
    while ((this.#evaluated[0] ?? FOREVER) <= sent) this.#settledSeq = this.#evaluated.shift() as number
  }

  /** Evaluates groups that are alike, or one. False where reads see a later state than the groups know of. */
  #evaluateSome(): boolean {
    const { alike, page } = this.#dirty.take(this.#routedSeq)
    if (page !== null) this.#readPage(page)
    return alike.length === 0 || this.#evaluate(alike)
  }

  #evaluate(alike: readonly LiveGroup[]): boolean {
    const unknown = evaluateBatch(this.#context, alike, this.#routedSeq)
    for (const group of unknown ?? alike) {
      if (unknown !== null) group.touchAll(this.#routedSeq)
      this.#markDirty(group)
    }
    return unknown !== null
  }

  #readPage(group: LiveGroup): void {
    this.#reading.add(group)
    group.readPage()
  }

  /** Hands the groups what is committed: what they read is of that state, and not of the one on the disk. */
  #pull(): void {
    if (this.#groups.size === 0) {
      // With nobody to hand it to, what is committed beyond this does not matter, and looking would cost as much as a
      // small write.
      this.#routedSeq = Math.max(this.#routedSeq, this.#durableSeq)
      return
    }
    const upTo = committedSeq(this.#database)
    if (upTo <= this.#routedSeq) return
    this.#routedSeq = this.#routeUpTo(upTo)
  }

  /**
   * Where another process writes, documents may be read as a later change has left them, which then belongs to what is routed: by itself the
   * first would lead to where the document is by then, and not to where it was. Returns up to where changes were routed.
   */
  #routeUpTo(upTo: number): number {
    if (upTo - this.#routedSeq > MAX_ROUTED) {
      for (const group of this.#groups.values()) group.touchAll(upTo)
      return upTo
    }
    const { feed, follows } = this.#database
    const changes = feed.read(this.#routedSeq, upTo)
    this.#router.route(changes)
    const later = follows ? committedSeq(this.#database) : upTo
    if (later === upTo) return upTo
    const routed = new Set(changes.map(documentOf))
    return feed.read(upTo, later).some((change) => routed.has(documentOf(change))) ? this.#routeUpTo(later) : upTo
  }

  /** After a restore or reset the numbers of the past mean nothing. */
  #checkEpoch(): void {
    if (this.#epoch === this.#database.feed.epoch) return
    this.#epoch = this.#database.feed.epoch
    this.#routedSeq = committedSeq(this.#database)
    this.#durableSeq = this.#database.feed.lastSeq
    this.#settledSeq = 0
    this.#evaluated = []
    this.#outbox.clear()
    for (const group of this.#groups.values()) group.reset()
  }

  #timePasses(): void {
    for (const group of this.#groups.values()) if (group.list.shape.isTimed) group.touchAll(FOREVER)
    if (this.#epoch !== this.#database.feed.epoch) this.#schedule()
  }

  #failed(group: LiveGroup, error: unknown): void {
    const told = this.#told(error)
    group.failures++
    if (told.status >= 500 && group.failures < MAX_FAILURES) {
      setTimeout(() => this.#markDirty(group), RETRY_MS * group.failures).unref()
      return
    }
    for (const subscription of [...group.members()]) {
      group.remove(subscription)
      subscription.subscriber.ended(subscription, told)
    }
    this.#drop(group)
  }

  #told(error: unknown): AppError {
    if (!(error instanceof AppError)) this.#log.error({ err: error }, 'live query failed')
    return toAppError(error)
  }

  #every(ms: number, work: () => void): void {
    const timer = setInterval(work, ms)
    timer.unref()
    this.#timers.push(timer)
  }
}

function documentOf({ collection, docId }: Change): string {
  return `${collection} ${docId}`
}
