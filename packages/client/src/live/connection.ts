import type { ServerMessage } from '@koyalite/contracts'
import { isKoyaError, KoyaError } from '../koya-error'
import type { LiveStatus, Session } from '../ports'
import { backOff } from './back-off'
import type { Channel, ChannelEnd, OpenChannel } from './channel'
import type { SentDelta, SentSnapshot } from './shared-query'
import { hasNetwork, onWake } from './wake-events'

/** A subscription, as the connection knows it. */
export interface Member {
  /** Of `subscribe`. */
  readonly payload: object
  /** Somebody waits for a position. */
  readonly isWaitedFor: boolean
  subscribed(resumed: boolean): void
  show(snapshot: SentSnapshot): void
  /** Throws where it does not fit. */
  change(delta: SentDelta): void
  /** Everything up to `seq` has come. @param ping number of the ping that was answered */
  settled(seq: string, ping: number): void
  startOver(): void
  /** For good: it has been removed. */
  refused(error: KoyaError): void
  connectionChanged(isUp: boolean): void
}

export interface ConnectionState {
  readonly status: LiveStatus
  /** Since when there is no connection, while it is `stale` or `offline`. */
  readonly staleSince?: Date | undefined
  /** Why it is `closed`; undefined where nothing is followed. */
  readonly error?: KoyaError | undefined
}

/** Until a connection can be used. */
const OPEN_WITHIN_MS = 15_000
/** So often the server is asked whether it is still there. */
const PING_EVERY_MS = 25_000
const ANSWER_WITHIN_MS = 20_000
/** The same, when the device may have slept, or the network is another one. */
const WAKE_WITHIN_MS = 5_000
/** A connection that has lived this long was a good one: what follows is the first failure. */
const STABLE_MS = 5_000
/** A credential is renewed after this part of its life. */
const RENEW_AT = 0.8
/** What a subscription that waits for a write asks after; the delta itself mostly comes earlier. */
const LOCATE_MS = 30
const LOCATE_AT_MOST_MS = 1_000
const MAX_TIMER_MS = 2 ** 31 - 1
/** Codes with which a subscription ends that may be there a moment later. */
const TEMPORARY: readonly string[] = ['RATE_LIMITED', 'REALTIME_BUSY', 'UNAVAILABLE', 'QUERY_TIMEOUT', 'INTERNAL']

type Timer = ReturnType<typeof setTimeout> | undefined

/** The one connection of a client: it is there as long as it has members, and comes back whatever ends it. */
export class Connection {
  readonly #session: Session
  readonly #open: OpenChannel
  readonly #members = new Set<Member>()
  #channel: Channel | null = null
  /** Counts attempts: what comes of an earlier one is ignored. */
  #attempt = 0
  /** Messages may be sent. */
  #isOpen = false
  /** The server accepts who it is. */
  #isUp = false
  #upSince = 0
  #failures = 0
  #bearer: string | null = null
  /** The bearer that the server has refused, or whose time is over. */
  #refused: string | null = null
  #expiry = Number.POSITIVE_INFINITY
  /** Responses have the number of their request. */
  #ids = 0
  readonly #requests = new Map<number, Member>()
  readonly #subscriptions = new Map<string, Member>()
  #ping: number | null = null
  #locateIn = LOCATE_MS
  #patience = ANSWER_WITHIN_MS
  #retryTimer: Timer
  #deadline: Timer
  #pingTimer: Timer
  #renewTimer: Timer
  #locateTimer: Timer
  /** Of subscriptions that are tried again. */
  readonly #laterTimers = new Map<Member, Timer>()
  #stopWaking: (() => void) | null = null
  #wasUp = false
  /** No try has succeeded yet, and one has failed. */
  #isUnreachable = false
  #error: KoyaError | undefined
  #state: ConnectionState = { status: 'closed' }
  readonly #listeners = new Set<() => void>()

  constructor(session: Session, open: OpenChannel) {
    this.#session = session
    this.#open = open
  }

  get state(): ConnectionState {
    return this.#state
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** The number of the latest ping. */
  get pings(): number {
    return this.#ids
  }

  /** What a query that is not live is. @param hasDocs it shows what was there earlier */
  outlook(hasDocs: boolean): LiveStatus {
    if (!hasNetwork() && !this.#isUp) return 'offline'
    if (hasDocs) return 'stale'
    return this.#isUnreachable ? 'offline' : 'connecting'
  }

  add(member: Member): void {
    this.#members.add(member)
    this.#stopWaking ??= onWake(() => this.wake())
    if (this.#isOpen) this.#subscribe(member)
    else if (this.#channel === null && this.#retryTimer === undefined && this.#deadline === undefined) this.#start()
  }

  remove(member: Member): void {
    if (!this.#members.delete(member)) return
    if (this.#members.size === 0) {
      this.#rest()
      return
    }
    clearTimeout(this.#laterTimers.get(member))
    for (const [id, other] of this.#subscriptions) {
      if (other !== member) continue
      this.#subscriptions.delete(id)
      this.#channel?.send({ type: 'unsubscribe', payload: { subscription_id: id } })
    }
  }

  /** Looks at once whether the server is there: for whoever knows that the device has slept, or has another network. */
  wake(): void {
    if (this.#members.size === 0) return
    this.#failures = 0
    if (this.#isUp) this.#probe(WAKE_WITHIN_MS)
    else if (this.#retryTimer !== undefined) this.#start()
    else this.#expect(WAKE_WITHIN_MS)
    this.#changed()
  }

  /** Asks up to where everything has come, until no member waits. */
  locate(): void {
    this.#locateIn = LOCATE_MS
    this.#locateLater()
  }

  /** Begins again, as somebody else. @param before is called when nothing more comes from the old connection */
  restart(before: () => void): void {
    this.#disconnect()
    this.#failures = 0
    this.#wasUp = false
    this.#refused = null
    before()
    if (this.#members.size > 0) this.#start()
  }

  /** For good, unless there are members again. */
  #rest(): void {
    this.#disconnect()
    this.#stopWaking?.()
    this.#stopWaking = null
    this.#failures = 0
    this.#wasUp = false
    this.#isUnreachable = false
    this.#changed()
  }

  #disconnect(): void {
    this.#attempt++
    const timers = [this.#retryTimer, this.#deadline, this.#pingTimer, this.#renewTimer, this.#locateTimer]
    for (const timer of [...timers, ...this.#laterTimers.values()]) clearTimeout(timer)
    this.#laterTimers.clear()
    this.#retryTimer = undefined
    this.#deadline = undefined
    this.#locateTimer = undefined
    this.#channel?.close()
    this.#channel = null
    this.#isOpen = false
    this.#isUp = false
    this.#ping = null
    this.#requests.clear()
    this.#subscriptions.clear()
  }

  #start(): void {
    this.#disconnect()
    const attempt = this.#attempt
    this.#error = undefined
    this.#expect(OPEN_WITHIN_MS)
    this.#changed()
    this.#currentBearer().then(
      (bearer) => {
        if (attempt !== this.#attempt) return
        if (bearer === undefined) return this.#lost({ error: refusal(), kind: 'permanent' })
        this.#bearer = bearer
        try {
          this.#channel = this.#open(bearer, {
            message: (message) => attempt === this.#attempt && this.#receive(message),
            ended: (end) => attempt === this.#attempt && this.#lost(end),
          })
        } catch (cause) {
          this.#lost({ error: networkError(cause), kind: 'temporary' })
        }
      },
      (cause) => {
        const error = isKoyaError(cause) ? cause : networkError(cause)
        if (attempt === this.#attempt) this.#lost({ error, kind: 'temporary' })
      },
    )
  }

  /** Undefined: what there was is refused, and there is nothing else. */
  async #currentBearer(): Promise<string | null | undefined> {
    const bearer = await this.#session.bearer()
    const isRefused = bearer !== null && bearer === this.#refused
    const isExpired = bearer !== null && bearer === this.#bearer && Date.now() > this.#expiry
    if (!isRefused && !isExpired) return bearer
    const renewed = await this.#session.renewed(bearer)
    this.#refused = null
    // By another clock it may be valid still.
    return renewed ?? (isRefused ? undefined : bearer)
  }

  #lost({ error, kind }: ChannelEnd): void {
    const isRefused = kind === 'credential'
    if (isRefused) this.#refused = this.#bearer
    if (this.#isUp && Date.now() - this.#upSince >= STABLE_MS) this.#failures = 0
    this.#disconnect()
    if (kind === 'permanent' || (isRefused && this.#bearer === null)) {
      this.#refuseAll(error)
      return
    }
    // A credential that has ended is the rule: the next one is there at once.
    const wait =
      isRefused && this.#failures === 0 ? 0 : Math.max(backOff(this.#failures), (error.retryAfter ?? 0) * 1000)
    this.#failures++
    this.#isUnreachable = !this.#wasUp && kind === 'temporary'
    this.#retryTimer = setTimeout(() => this.#start(), wait)
    this.#changed()
  }

  #refuseAll(error: KoyaError): void {
    this.#error = error
    const members = [...this.#members]
    this.#members.clear()
    this.#rest()
    for (const member of members) member.refused(error)
  }

  #receive(message: ServerMessage): void {
    if (this.#deadline !== undefined) this.#waitFor(this.#patience)
    switch (message.type) {
      case 'connected':
        this.#greeted()
        break
      case 'authenticated':
        if (!this.#isUp) this.#accepted()
        this.#renewBefore(message.payload.expires_at)
        break
      case 'subscribed':
        this.#subscribed(message)
        break
      case 'snapshot':
        if ('docs' in message.payload) this.#subscriptions.get(message.payload.subscription_id)?.show(message.payload)
        break
      case 'delta':
        this.#change(message.payload)
        break
      case 'pong':
        this.#located(message.payload.seq, Number(message.id))
        break
      case 'progress':
        this.#located(message.payload.seq, this.#ping)
        break
      case 'error':
        this.#failed(message)
    }
  }

  /** Subscriptions need not wait for `authenticated`: messages are dealt with in order, and a refusal ends all. */
  #greeted(): void {
    this.#isOpen = true
    // Empty: the browser has sent its cookies.
    if (this.#bearer) this.#authenticate(this.#bearer)
    for (const member of this.#members) this.#subscribe(member)
    this.#probe(ANSWER_WITHIN_MS)
    if (!this.#bearer) this.#accepted()
  }

  #authenticate(token: string): void {
    this.#bearer = token
    this.#channel?.send({ id: AUTH, type: 'auth', payload: { token } })
  }

  #accepted(): void {
    this.#isUp = true
    this.#wasUp = true
    this.#isUnreachable = false
    this.#upSince = Date.now()
    this.#expiry = Number.POSITIVE_INFINITY
    this.#pingTimer = setInterval(() => this.#probe(ANSWER_WITHIN_MS), PING_EVERY_MS)
    this.#changed()
  }

  #subscribe(member: Member): void {
    const id = ++this.#ids
    this.#requests.set(id, member)
    this.#channel?.send({ id, type: 'subscribe', payload: member.payload })
  }

  #subscribed({ id, payload }: Extract<ServerMessage, { type: 'subscribed' }>): void {
    const { subscription_id, resumed } = payload
    const member = this.#requests.get(Number(id))
    if (member === undefined || !this.#members.has(member)) {
      this.#channel?.send({ type: 'unsubscribe', payload: { subscription_id } })
      return
    }
    this.#subscriptions.set(subscription_id, member)
    member.subscribed(resumed)
  }

  #change(delta: SentDelta): void {
    const member = this.#subscriptions.get(delta.subscription_id)
    try {
      member?.change(delta)
    } catch {
      this.#subscriptions.delete(delta.subscription_id)
      this.#channel?.send({ type: 'unsubscribe', payload: { subscription_id: delta.subscription_id } })
      member?.startOver()
      if (member !== undefined) this.#subscribe(member)
    }
  }

  #failed({ id, payload }: Extract<ServerMessage, { type: 'error' }>): void {
    const error = new KoyaError(payload.code, payload.message, { details: payload.details as KoyaError['details'] })
    const member = this.#requests.get(Number(id))
    if (id === AUTH) {
      const isRefused = payload.code === 'UNAUTHENTICATED'
      this.#lost({ error, kind: isRefused ? 'credential' : 'temporary' })
    } else if (id === this.#ping) {
      this.#ping = null
      this.#expectNothing()
      this.#probeIn(LOCATE_AT_MOST_MS)
    } else if (member !== undefined) {
      // The connection ends with the same error, and tries with another credential.
      if (payload.code === 'UNAUTHENTICATED' && this.#bearer !== null) return
      this.#requests.delete(Number(id))
      if (payload.subscription_id !== undefined) this.#subscriptions.delete(payload.subscription_id)
      if (TEMPORARY.includes(payload.code)) this.#subscribeLater(member)
      else this.#refuse(member, error)
    }
  }

  #subscribeLater(member: Member): void {
    this.#failures++
    member.connectionChanged(false)
    this.#laterTimers.set(
      member,
      setTimeout(() => {
        this.#laterTimers.delete(member)
        this.#subscribe(member)
        this.#probe(ANSWER_WITHIN_MS)
      }, backOff(this.#failures)),
    )
  }

  #refuse(member: Member, error: KoyaError): void {
    this.remove(member)
    member.refused(error)
  }

  /** Asks whether the server is there; the connection is replaced if nothing comes within so many milliseconds. */
  #probe(withinMs: number): void {
    if (this.#ping === null) {
      this.#ping = ++this.#ids
      this.#channel?.send({ id: this.#ping, type: 'ping' })
    }
    this.#expect(withinMs)
  }

  /** @param ping that has been answered; null: the server says it by itself */
  #located(seq: string, ping: number | null): void {
    this.#expectNothing()
    this.#ping = null
    for (const member of this.#subscriptions.values()) member.settled(seq, ping ?? 0)
    this.#locateLater()
  }

  #locateLater(): void {
    if (![...this.#members].some((one) => one.isWaitedFor)) return
    this.#probeIn(this.#locateIn)
    this.#locateIn = Math.min(this.#locateIn * 2, LOCATE_AT_MOST_MS)
  }

  #probeIn(milliseconds: number): void {
    if (!this.#isUp || this.#locateTimer !== undefined) return
    this.#locateTimer = setTimeout(() => {
      this.#locateTimer = undefined
      this.#probe(ANSWER_WITHIN_MS)
    }, milliseconds)
  }

  /** Something has to come within so many milliseconds, or earlier if that is expected already. */
  #expect(withinMs: number): void {
    if (this.#deadline === undefined || withinMs < this.#patience) this.#waitFor(withinMs)
  }

  #waitFor(withinMs: number): void {
    clearTimeout(this.#deadline)
    this.#patience = withinMs
    this.#deadline = setTimeout(() => {
      const error = new KoyaError('TIMEOUT', `the server said nothing for ${withinMs} ms`)
      this.#lost({ error, kind: 'temporary' })
    }, withinMs)
  }

  #expectNothing(): void {
    clearTimeout(this.#deadline)
    this.#deadline = undefined
  }

  /** A new credential comes over the open connection, before the old one ends. If that fails, the server ends the connection. */
  #renewBefore(expiresAt: string | null): void {
    clearTimeout(this.#renewTimer)
    if (expiresAt === null) return
    this.#expiry = Date.parse(expiresAt)
    const left = this.#expiry - Date.now()
    // A clock that is fast: the server will say when it is over.
    if (left <= 0) return
    this.#renewTimer = setTimeout(() => void this.#renew(), Math.min(Math.max(left * RENEW_AT, 1_000), MAX_TIMER_MS))
  }

  async #renew(): Promise<void> {
    const attempt = this.#attempt
    const presented = this.#bearer ?? ''
    try {
      const now = await this.#session.bearer()
      const next = now === presented ? await this.#session.renewed(presented) : now
      if (attempt === this.#attempt && next !== null && next !== presented) this.#authenticate(next)
    } catch {
      // The network, or another user: both have their own way from here.
    }
  }

  #changed(): void {
    const isIdle = this.#members.size === 0
    const status = isIdle ? 'closed' : this.#isUp ? 'live' : this.outlook(this.#wasUp)
    const staleSince = isIdle || this.#isUp || !this.#wasUp ? undefined : (this.#state.staleSince ?? new Date())
    const state = { status, staleSince, error: isIdle ? this.#error : undefined } as const
    for (const member of this.#members) member.connectionChanged(this.#isUp)
    const before = this.#state
    if (state.status === before.status && state.error === before.error && staleSince === before.staleSince) return
    this.#state = state
    for (const listener of [...this.#listeners]) listener()
  }
}

/** The id of `auth`: apart from those of requests. */
const AUTH = 'auth'

function refusal(): KoyaError {
  return new KoyaError('UNAUTHENTICATED', 'the server does not accept the credentials, and there are no others', {
    status: 401,
  })
}

function networkError(cause: unknown): KoyaError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new KoyaError('NETWORK', `the server cannot be reached: ${why}`, { cause })
}
