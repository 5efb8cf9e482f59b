import { isDeepStrictEqual } from 'node:util'
import { type Actor, ANONYMOUS, AppError, auditedActor, type DenialObserver, formatSeq } from '@koyalite/contracts'
import { addressBucket, type MessageSender } from '@koyalite/kernel'
import type { LiveEngine, Settled } from '../engine/live-engine'
import type { LiveSpec } from '../engine/live-query'
import { realtimeBusy } from '../engine/snapshot-transfers'
import type { Subscriber, SubscriberOutput, Subscription } from '../engine/subscription'
import { tooManyDocuments } from '../engine/too-many-documents'
import { errorText } from './error-text'
import type { SessionRegistry } from './session-registry'
import type { SubscriptionBudget } from './subscription-budget'

/** A connection that can be closed. */
export interface SessionOutput extends SubscriberOutput {
  end(reason: EndReason): void
  /** The last subscription has ended with an error: a transport for a single one has nothing left to say. */
  idle?(error: AppError): void
}

/** Why the server ends a connection: WebSockets get `code`. */
export interface EndReason {
  readonly code: number
  readonly text: string
}

/** What the client presented, to be asked about again whenever something about it may have changed. */
export interface Presented {
  readonly token: string | null
  readonly actor: Actor
  readonly expiresAt: number | null
  /** The session with which it ends, besides that of the actor. */
  readonly sessionId?: string
}

export const NOBODY: Presented = { token: null, actor: ANONYMOUS, expiresAt: null }

export interface SessionContext {
  readonly engine: LiveEngine
  readonly registry: SessionRegistry
  identify(token: string): Promise<Presented>
  /** Keeps that somebody follows audited documents; resolves when it is kept, and is null where there is nothing to keep. */
  follows(actor: Actor, ip: string, spec: LiveSpec): Promise<void> | null
  readonly maxSubscriptions: () => number
  /** Documents that the lists of a connection may show together. */
  readonly maxDocuments: () => number
  readonly budget: SubscriptionBudget
  /** Explains what rules keep from callers: in `dev`; else null. */
  readonly denials: DenialObserver | null
  /** Looks, in `dev`, whether a rule hides all that a subscription would show; else null. */
  readonly lookForHidden: ((spec: LiveSpec, client: Pick<Session, 'actor' | 'ip' | 'isLocal'>) => void) | null
  /** Counts a message. Throws RATE_LIMITED. */
  charge(sender: MessageSender): void
  readonly now: () => number
}

/** Below this a client that was behind is sent to again. */
const CAUGHT_UP = 64 * 1024
const MAX_TIMER_MS = 2 ** 31 - 1

/** Who opened a connection, and from where. */
export interface Connected {
  readonly presented: Presented
  readonly ip: string
  readonly isLocal: boolean
}

/** Who is at the other end of a connection, and what they follow. SPEC.md, section A. */
export class Session implements Subscriber {
  readonly ip: string
  /** It comes from this machine itself: limits per address do not count it. */
  readonly isLocal: boolean
  readonly outlet: SessionOutput
  readonly #context: SessionContext
  #subscriptions: readonly Subscription[] = []
  #presented: Presented
  #expiry: Timer | undefined
  #isBehind = false
  #isClosed = false
  /** Changes of identity are dealt with one after the other. */
  #identifying: Promise<void> | null = null
  #turn = 0
  #settled: Settled
  #pings: readonly Ping[] = []

  constructor(context: SessionContext, outlet: SessionOutput, { presented, ip, isLocal }: Connected) {
    this.#context = context
    this.outlet = outlet
    this.ip = ip
    this.isLocal = isLocal
    this.#presented = presented
    this.#settled = context.engine.settledFor([])
    this.#awaitExpiry()
  }

  get actor(): Actor {
    return this.#presented.actor
  }

  /** The session with which the connection ends, where the actor does not name it. */
  get sessionId(): string | undefined {
    return this.#presented.sessionId
  }

  get isBehind(): boolean {
    return this.#isBehind
  }

  get subscriptionCount(): number {
    return this.#subscriptions.length
  }

  /** Up to where everything has been sent. It stands still while a subscription waits for a snapshot, or for what its actor may read. */
  get settledSeq(): string {
    if (this.#subscriptions.every((one) => one.group?.serves(one))) {
      const now = this.#context.engine.settledFor(this.#subscriptions)
      if (now.epoch !== this.#settled.epoch || now.seq > this.#settled.seq) this.#settled = now
    }
    return formatSeq(this.#settled.epoch, this.#settled.seq)
  }

  /** `settledSeq`, once there are subscriptions and the client has been told of all of them. */
  get position(): string | null {
    const isOpen = this.#subscriptions.length > 0 && this.#subscriptions.every((one) => one.opening === null)
    return isOpen ? this.settledSeq : null
  }

  /** Answers when all subscriptions that were asked for before are there, or refused: a response does not overtake earlier ones. */
  ping(response: () => void): void {
    this.#pings = [...this.#pings, { behind: this.#subscriptions, response }]
    this.#answerPings()
  }

  opened(): void {
    this.#answerPings()
  }

  #answerPings(): void {
    const isOpening = (one: Subscription) => one.opening !== null && this.#subscriptions.includes(one)
    for (let [ping] = this.#pings; ping && !ping.behind.some(isOpening); [ping] = this.#pings) {
      this.#pings = this.#pings.slice(1)
      ping.response()
    }
  }

  /**
   * At once, unless it has to be kept first that somebody follows this. Throws, or rejects with, RATE_LIMITED for more than a connection may have, and what
   * `LiveEngine.open` throws.
   */
  subscribe(requestId: string | number, spec: LiveSpec, since: string | null): Promise<void> | undefined {
    const most = this.#context.maxSubscriptions()
    if (this.#subscriptions.length >= most) {
      throw new AppError('RATE_LIMITED', `A connection has at most ${most} subscriptions: unsubscribe from one first.`)
    }
    const { actor } = this
    const kept = this.#context.follows(actor, this.ip, spec)
    if (kept !== null) {
      // The current actor of the connection follows it, not the one that the log names.
      return kept.then(() =>
        isSame(actor, this.actor) ? this.#open(requestId, spec, since) : this.subscribe(requestId, spec, since),
      )
    }
    this.#open(requestId, spec, since)
    return
  }

  #open(requestId: string | number, spec: LiveSpec, since: string | null): void {
    if (this.#isClosed) return
    const subscription: Subscription = {
      id: '',
      requestId,
      subscriber: this,
      spec,
      group: null,
      shard: null,
      transfer: null,
      held: null,
      isPublished: false,
      stamp: '',
      share: this.#context.budget.take(spec, this.#bytes, this.#holders()),
      opening: { since },
    }
    try {
      this.#context.engine.open(subscription, (id) => this.#named(id) === undefined)
    } catch (error) {
      this.#context.budget.release(subscription.share)
      throw error
    }
    this.#subscriptions = [...this.#subscriptions, subscription]
    this.#context.lookForHidden?.(spec, this)
  }

  get #bytes(): number {
    return this.#subscriptions.reduce((sum, { share }) => sum + share.bytes, 0)
  }

  /** Proxies and generators of load on this machine speak for many. */
  #holders(): readonly string[] {
    const { actor, ip, isLocal } = this
    return [...('id' in actor ? [`${actor.kind} ${actor.id}`] : []), ...(isLocal ? [] : [`ip ${addressBucket(ip)}`])]
  }

  /** Ends subscriptions, the latest first, until those that are left show no more documents than they may. */
  boundDocuments(): void {
    let sum = 0
    for (const one of this.#subscriptions) {
      const size = hasDocuments(one) ? sizeOf(one) : 0
      if (sum + size > this.#context.maxDocuments()) this.#end(one, tooManyDocuments(this.#context.maxDocuments()))
      else sum += size
    }
  }

  fits(subscription: Subscription): boolean {
    if (!this.#context.budget.hasRoom(0)) {
      this.#end(subscription, realtimeBusy())
      return false
    }
    const served = this.#subscriptions.filter((one) => one === subscription || hasDocuments(one))
    if (served.reduce((sum, one) => sum + sizeOf(one), 0) <= this.#context.maxDocuments()) return true
    this.#end(subscription, tooManyDocuments(this.#context.maxDocuments()))
    return false
  }

  #end(subscription: Subscription, error: AppError): void {
    this.#context.engine.close(subscription)
    this.ended(subscription, error)
  }

  /** Throws NOT_FOUND. */
  unsubscribe(id: string): void {
    const subscription = this.#named(id)
    if (!subscription)
      throw new AppError('NOT_FOUND', `There is no subscription '${id.slice(0, 50)}' on this connection.`)
    this.#forget(subscription)
    this.#context.engine.close(subscription)
    this.#answerPings()
  }

  /**
   * From now on the client is whom the token stands for. Returns when that credential ends, in milliseconds since 1970. Throws
   * UNAUTHENTICATED; nothing has changed then.
   */
  async present(token: string): Promise<number | null> {
    const presented = await this.#context.identify(token)
    await this.#become(() => Promise.resolve(presented))
    return presented.expiresAt
  }

  /** Something about the actor may be different: nothing is sent until it is known what they may read now. */
  reconsider(): void {
    const { token } = this.#presented
    if (token === null || this.#isClosed) return
    void this.#become(() => this.#context.identify(token))
  }

  /** Between asking who this is and being notified of their changes something may have changed: asks once more. */
  confirm(): void {
    const { token, actor } = this.#presented
    if (token === null) return
    this.#context.identify(token).then(
      (now) => isDeepStrictEqual(now.actor, actor) || this.reconsider(),
      () => this.reconsider(),
    )
  }

  fallBehind(): void {
    if (this.#isBehind) return
    this.#isBehind = true
    // A snapshot in parts waits for its client anyway: it continues.
    for (const one of this.#subscriptions) if (one.transfer === null) this.#context.engine.close(one)
  }

  /** The client has read what had piled up, or some of it. Returns whether it is up to date now. */
  drained(): boolean {
    const { engine } = this.#context
    for (const one of this.#subscriptions) engine.continue(one)
    if (!this.#isBehind) return true
    if (this.outlet.buffered > CAUGHT_UP) return false
    this.#isBehind = false
    for (const one of this.#subscriptions) if (one.transfer === null) engine.refresh(one)
    return true
  }

  ended(subscription: Subscription, error: AppError): void {
    this.#forget(subscription)
    this.outlet.send(errorText(error, { id: subscription.requestId, subscriptionId: subscription.id }))
    this.#answerPings()
    if (this.#subscriptions.length === 0) this.outlet.idle?.(error)
  }

  /** The connection is gone. */
  closed(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    clearTimeout(this.#expiry)
    for (const subscription of this.#subscriptions) {
      this.#context.engine.close(subscription)
      this.#context.budget.release(subscription.share)
    }
    this.#subscriptions = []
    this.#pings = []
    this.#context.registry.remove(this)
  }

  #named(id: string): Subscription | undefined {
    return this.#subscriptions.find((subscription) => subscription.id === id)
  }

  #forget(subscription: Subscription): void {
    if (!this.#subscriptions.includes(subscription)) return
    this.#context.budget.release(subscription.share)
    this.#subscriptions = this.#subscriptions.filter((other) => other !== subscription)
  }

  async #become(identify: () => Promise<Presented>): Promise<void> {
    const { engine, registry } = this.#context
    const turn = ++this.#turn
    const held = new Map<Subscription, () => void>()
    for (const one of this.#subscriptions)
      if (!this.#isBehind || one.transfer !== null) held.set(one, engine.suspend(one))
    const step = (this.#identifying ?? Promise.resolve()).then(async () => {
      try {
        const presented = await identify()
        if (this.#isClosed) return
        if (!isSame(presented.actor, this.actor)) await this.#followAs(presented.actor)
        if (this.#isClosed) return
        registry.rename(this, () => {
          this.#presented = presented
        })
        this.#awaitExpiry()
        // If something has changed again, what follows lets them continue. Who is behind continues when they have caught up.
        if (turn !== this.#turn || this.#isBehind) return
        for (const one of this.#subscriptions) (held.get(one) ?? engine.suspend(one))()
      } catch (error) {
        this.#endUnauthenticated(error)
      }
    })
    this.#identifying = step
    void step.finally(() => {
      if (this.#identifying === step) this.#identifying = null
    })
    return step
  }

  /** What continues as somebody else is followed by them from now on. */
  async #followAs(actor: Actor): Promise<void> {
    for (const { spec } of this.#subscriptions) await this.#context.follows(actor, this.ip, spec)
  }

  #awaitExpiry(): void {
    clearTimeout(this.#expiry)
    const { expiresAt } = this.#presented
    if (expiresAt === null) return
    const ms = expiresAt - this.#context.now()
    this.#expiry = setTimeout(
      () => (ms > MAX_TIMER_MS ? this.#awaitExpiry() : this.#endUnauthenticated(expired())),
      Math.max(0, Math.min(ms, MAX_TIMER_MS)),
    )
    this.#expiry.unref()
  }

  #endUnauthenticated(thrown: unknown): void {
    if (this.#isClosed) return
    const error = thrown instanceof AppError ? thrown : expired()
    for (const subscription of this.#subscriptions) {
      this.#context.engine.close(subscription)
      this.#forget(subscription)
      this.outlet.send(errorText(error, { id: subscription.requestId, subscriptionId: subscription.id }))
    }
    this.outlet.send(errorText(error))
    this.outlet.end(END_UNAUTHENTICATED)
  }
}

/** A ping that waits for what came before it. */
interface Ping {
  readonly behind: readonly Subscription[]
  readonly response: () => void
}

/** 4000–4999 are an application's own; this one reads like the status over HTTP. */
const END_UNAUTHENTICATED: EndReason = { code: 4401, text: 'the credential is no longer valid' }

/** Whether the audit log would name them by the same names. */
function isSame(a: Actor, b: Actor): boolean {
  return JSON.stringify(auditedActor(a)) === JSON.stringify(auditedActor(b))
}

/** Its client has documents of it, or takes some. */
function hasDocuments({ shard, transfer }: Subscription): boolean {
  return shard !== null || transfer !== null
}

/** Whether two are one caller, in one session. Of nobody there is only one. */
export function isSameCaller(a: Actor, b: Actor): boolean {
  const sessionOf = (actor: Actor) => ('sessionId' in actor ? actor.sessionId : null)
  return isSame(a, b) && sessionOf(a) === sessionOf(b)
}

/** How many documents its client has. */
function sizeOf({ group }: Subscription): number {
  return group?.size ?? 0
}

function expired(): AppError {
  return new AppError('UNAUTHENTICATED', 'The access token has expired: reconnect with a new one.')
}
