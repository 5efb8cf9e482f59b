import type { ClientContext } from '../client-context'
import { withDeadline } from '../deadline'
import { KoyaError } from '../koya-error'
import type { KnownState, LiveDelta, LiveObserver, LiveRequest, LiveSnapshot } from '../ports'
import { compareSeq } from '../seq'
import { revived } from '../values'
import type { Connection } from './connection'
import { type Changes, type DocumentKey, DocumentList, type Placed } from './document-list'
import { guarded } from './guarded'
import type { Member, SentDelta, SentSnapshot } from './subscriptions'

interface Observing {
  readonly observer: LiveObserver<object>
  /** It has not been given yet what was there when it came. */
  isNew: boolean
}

interface Waiter {
  readonly seq: string
  /** Milliseconds since 1970. */
  readonly began: number
  readonly resolve: () => void
  readonly reject: (error: KoyaError) => void
}

/** What one reads before anything has come. */
export const EMPTY: LiveSnapshot<never> = { docs: [], seq: undefined, status: 'connecting' }
const REACHED_WITHIN_MS = 15_000
/** Within this, every subscription has come to the epoch that writes are in. */
const EPOCH_MS = 1_000

/** One subscription, for all equal queries: what it holds, and who listens. */
export class SharedQuery implements Member {
  readonly request: LiveRequest
  readonly #context: Pick<ClientContext, 'collections' | 'etags'>
  readonly #connection: Connection
  #list: DocumentList
  #parts: Placed[] = []
  #resume: string | undefined
  #seq: string | undefined
  #total: number | undefined
  /** Everything up to there has come, whether or not it has changed anything here. */
  #position: string | undefined
  /** What it holds is what the server has. */
  #isCurrent = false
  /** It continues with what it holds, and gets no snapshot. */
  #isResumed = false
  #staleSince: Date | undefined
  #error: KoyaError | undefined
  #snapshot: LiveSnapshot<object> = EMPTY
  readonly #observing = new Set<Observing>()
  readonly #listeners = new Set<() => void>()
  readonly #waiters = new Set<Waiter>()

  constructor(request: LiveRequest, context: Pick<ClientContext, 'collections' | 'etags'>, connection: Connection) {
    this.request = request
    this.#context = context
    this.#connection = connection
    this.#list = new DocumentList(context.etags)
    const known = request.known?.()
    if (known !== undefined) this.#begin(known)
    if (request.error !== undefined) this.refused(request.error)
    else connection.add(this)
  }

  /** With what was read ahead. */
  #begin({ snapshot, resume }: KnownState): void {
    const { etags } = this.#context
    const placed = snapshot.docs.map((doc) => ({ doc, key: this.#keyOf(doc), etag: etags.get(doc) }))
    const hasKeys = placed.every(({ key }) => key !== undefined)
    this.#list.show(hasKeys ? placed : placed.map((one, key) => ({ ...one, key })))
    this.#seq = snapshot.seq
    this.#total = snapshot.total
    // Without keys no delta can be applied to it: a snapshot takes its place.
    this.#resume = hasKeys ? resume : undefined
    this.#snapshot = snapshot
  }

  get snapshot(): LiveSnapshot<object> {
    return this.#snapshot
  }

  get isUsed(): boolean {
    return this.#observing.size + this.#listeners.size > 0
  }

  get isClosed(): boolean {
    return this.#error !== undefined
  }

  get isWaitedFor(): boolean {
    return this.#waiters.size > 0
  }

  listen(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  observe(observer: LiveObserver<object>): () => void {
    const observing = { observer, isNew: true }
    this.#observing.add(observing)
    queueMicrotask(() => {
      observing.isNew = false
      const changes = { inserts: this.#snapshot.docs, updates: [], deletes: [] }
      const hasDocs = this.#seq !== undefined
      this.#notify(observing, { before: null, delta: hasDocs ? this.#delta(changes, true) : undefined })
    })
    return () => this.#observing.delete(observing)
  }

  async reached(seq: string, { timeout = REACHED_WITHIN_MS, signal }: ReachedOptions = {}): Promise<void> {
    if (this.#error !== undefined) throw this.#error
    if (this.#position !== undefined && (compareSeq(this.#position, seq) ?? -1) >= 0) return
    let waiter: Waiter | undefined
    try {
      await withDeadline({ timeout, signal }, () => {
        return new Promise<void>((resolve, reject) => {
          waiter = { seq, began: Date.now(), resolve, reject }
          this.#waiters.add(waiter)
          this.#connection.locate()
        })
      })
    } finally {
      if (waiter !== undefined) this.#waiters.delete(waiter)
    }
  }

  get payload(): object {
    const { payload } = this.request
    return this.#resume === undefined ? payload : { ...payload, since: this.#resume }
  }

  subscribed(resumed: boolean): void {
    this.#isResumed = resumed
  }

  show(sent: SentSnapshot): void {
    const { docs, keys, etags, part = 0 } = sent
    if (part === 0) this.#parts = []
    for (const [at, doc] of docs.entries()) this.#parts.push(this.#placed({ doc, key: keys?.[at], etag: etags?.[at] }))
    if ('more' in sent) return
    const changes = this.#list.show(this.#parts)
    this.#parts = []
    this.#isCurrent = true
    this.#take(sent, { changes, reset: true })
  }

  /** Throws where it does not fit what is held. */
  change({ changes, resume, seq, total }: SentDelta): void {
    const { deletes, inserts, updates } = changes
    const placed = (sent: (typeof updates)[number]) => this.#placed(sent)
    const applied = this.#list.change({ deletes, inserts: inserts.map(placed), updates: updates.map(placed) })
    this.#isCurrent = true
    this.#take({ resume, seq, total }, { changes: applied, reset: false })
  }

  settled(seq: string, askedAt: number): void {
    // Before a snapshot it says nothing about this query.
    if (!this.#isCurrent && !this.#isResumed) return
    this.#isCurrent = true
    if (compareSeq(this.#position ?? seq, seq) !== 1) this.#position = seq
    this.#publish()
    // Another epoch, still, a while after: the awaited one is over, and what is left of it is here.
    const isOver = ({ began }: Waiter) => askedAt >= began + EPOCH_MS
    this.#release((waiter) => (compareSeq(seq, waiter.seq) ?? (isOver(waiter) ? 0 : -1)) >= 0)
  }

  refused(error: KoyaError): void {
    this.#error = error
    this.#isCurrent = false
    this.#publish()
    for (const waiter of this.#waiters) waiter.reject(error)
  }

  connectionChanged(isUp: boolean): void {
    if (!isUp) {
      if (this.#isCurrent) this.#staleSince = new Date()
      this.#startOver()
    }
    this.#publish()
  }

  /** What is held belongs to another user: it is there no longer when this returns. What it returns notifies the listeners. */
  clear(): () => void {
    const aborted = new KoyaError('ABORTED', 'another user has signed in, or nobody is signed in')
    for (const waiter of this.#waiters) waiter.reject(aborted)
    const changes = this.#list.show([])
    const wasRefused = this.#error !== undefined
    this.#error = this.request.error
    this.#resume = undefined
    this.#total = undefined
    this.#position = undefined
    this.#startOver()
    this.#staleSince = undefined
    const delta = this.#seq === undefined ? undefined : this.#delta(changes, true)
    this.#seq = undefined
    const before = this.#update()
    return () => {
      if (before !== null) this.#tell(before, delta)
      if (wasRefused && this.#error === undefined) this.#connection.add(this)
    }
  }

  /** What came does not fit: the next subscription starts with a snapshot. What is held stays until then. */
  startOver(): void {
    this.#resume = undefined
    this.#startOver()
    this.#publish()
  }

  #startOver(): void {
    this.#isCurrent = false
    this.#isResumed = false
    this.#parts = []
  }

  #placed({ doc, key, after, etag }: SentPlace): Placed {
    revived(doc, this.request.collection, this.#context.collections)
    return { doc, key: key ?? this.#keyOf(doc), after, etag }
  }

  #keyOf(doc: object): DocumentKey {
    const name = this.#context.collections[this.request.collection]?.key ?? 'id'
    return doc[name as never]
  }

  #take(
    { resume, seq, total }: Pick<SentDelta, 'resume' | 'seq' | 'total'>,
    { changes, reset }: { readonly changes: Changes; readonly reset: boolean },
  ): void {
    this.#resume = resume
    this.#seq = seq
    this.#position = seq
    this.#total = total
    this.#publish(this.#delta(changes, reset))
    this.#release((waiter) => (compareSeq(seq, waiter.seq) ?? -1) >= 0)
  }

  #delta(changes: Changes, reset: boolean): LiveDelta<object> {
    return { ...changes, reset, seq: this.#seq as string }
  }

  #release(isReached: (waiter: Waiter) => boolean): void {
    for (const waiter of this.#waiters) if (isReached(waiter)) waiter.resolve()
  }

  #publish(delta?: LiveDelta<object>): void {
    const before = this.#update()
    if (before !== null) this.#tell(before, delta)
  }

  /** Makes the snapshot say how things are. Returns the one before, null: nothing has changed. */
  #update(): LiveSnapshot<object> | null {
    const before = this.#snapshot
    const isLive = this.#error === undefined && this.#isCurrent
    if (isLive) this.#staleSince = undefined
    const status =
      this.#error !== undefined ? 'closed' : isLive ? 'live' : this.#connection.outlook(this.#staleSince !== undefined)
    const now: LiveSnapshot<object> = {
      docs: this.#list.docs,
      total: this.#total,
      seq: this.#seq,
      status,
      staleSince: this.#staleSince,
      error: this.#error,
    }
    if ((Object.keys(now) as (keyof typeof now)[]).every((name) => now[name] === before[name])) return null
    this.#snapshot = now
    return before
  }

  #tell(before: LiveSnapshot<object>, delta: LiveDelta<object> | undefined): void {
    for (const observing of [...this.#observing]) this.#notify(observing, { before, delta })
    for (const listener of [...this.#listeners]) guarded(() => this.#listeners.has(listener) && listener())
  }

  #notify(
    observing: Observing,
    { before, delta }: { readonly before: LiveSnapshot<object> | null; readonly delta: LiveDelta<object> | undefined },
  ): void {
    const { observer } = observing
    const { docs, total, status, error } = this.#snapshot
    const isListening = () => this.#observing.has(observing) && !observing.isNew
    const call = (listener: () => void) => guarded(() => isListening() && listener())
    if (delta !== undefined) {
      call(() => observer.delta?.(delta))
      call(() => observer.next?.({ docs, total, seq: delta.seq }))
    }
    if (error !== undefined && error !== before?.error) call(() => observer.error?.(error))
    if (status !== before?.status) call(() => observer.status?.(status))
  }
}

export interface ReachedOptions {
  readonly timeout?: number
  readonly signal?: AbortSignal
}

interface SentPlace {
  readonly doc: Record<string, unknown>
  readonly key?: DocumentKey | undefined
  readonly after?: DocumentKey | null | undefined
  readonly etag?: string | undefined
}
