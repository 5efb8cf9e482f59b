import type { ServerMessage } from '@koyalite/contracts'
import { isKoyaError, KoyaError } from '../koya-error'
import type { LiveStatus, Session } from '../ports'
import { backOff } from './back-off'
import type { Channel, ChannelEnd, OpenChannel } from './channel'
import { Credentials } from './credentials'
import { guarded } from './guarded'
import { errorOf, type Member, Subscriptions } from './subscriptions'
import { hasNetwork, type OnWake } from './wake-events'

export interface ConnectionParts {
  readonly open: OpenChannel
  readonly onWake: OnWake
  /** Is called when a query is refused for a while. */
  postponed(error: KoyaError): void
}

export interface ConnectionState {
  readonly status: LiveStatus
  /** Since when there is no connection, while it is `stale` or `offline`. */
  readonly staleSince?: Date | undefined
  /** Why it is `closed` (undefined: nothing is followed), or why the latest try has failed. */
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
/** When somebody waits for a write, the server is asked whether it has changed anything here; what it has changed mostly comes earlier. */
const LOCATE_MS = 30
const LOCATE_AT_MOST_MS = 1_000
/** The id of `auth`: apart from those of requests. */
const AUTH = 'auth'

type Timer = ReturnType<typeof setTimeout> | undefined

/** The one connection of a client: it is there as long as something is followed, and comes back whatever ends it. */
export class Connection {
  readonly #open: OpenChannel
  readonly #onWake: OnWake
  readonly #credentials: Credentials
  readonly #subscriptions: Subscriptions
  #channel: Channel | null = null
  /** Counts tries: what comes of an earlier one is ignored. */
  #try = 0
  /** Messages may be sent. */
  #isOpen = false
  /** The server accepts who it is. */
  #isUp = false
  #upSince = 0
  #failures = 0
  #wasUp = false
  /** No try has succeeded yet, and one has failed. */
  #isUnreachable = false
  #error: KoyaError | undefined
  /** The request that is a ping without a pong. */
  #ping: number | null = null
  #pingedAt = 0
  #patience = 0
  #locateIn = LOCATE_MS
  /** Until the next try. */
  #retryTimer: Timer
  /** By then something has to have come. */
  #deadline: Timer
  #pingTimer: Timer
  #locateTimer: Timer
  #stopWaking: (() => void) | null = null
  #state: ConnectionState = { status: 'closed' }
  readonly #listeners = new Set<() => void>()

  constructor(session: Session, { open, onWake, postponed }: ConnectionParts) {
    this.#subscriptions = new Subscriptions((message) => this.#channel?.send(message), postponed)
    this.#credentials = new Credentials(session, (bearer) => this.#authenticate(bearer))
    this.#open = open
    this.#onWake = onWake
  }

  get state(): ConnectionState {
    return this.#state
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** What a query that is not live is. @param hasDocs it shows what was there earlier */
  outlook(hasDocs: boolean): LiveStatus {
    if (!hasNetwork() && !this.#isUp) return 'offline'
    if (hasDocs) return 'stale'
    return this.#isUnreachable ? 'offline' : 'connecting'
  }

  add(member: Member): void {
    this.#subscriptions.add(member)
    this.#stopWaking ??= this.#onWake(() => this.wake())
    if (this.#isOpen) this.#subscriptions.subscribe(member)
    else if (this.#retryTimer === undefined && this.#deadline === undefined) this.#start()
  }

  remove(member: Member): void {
    if (this.#subscriptions.remove(member) && this.#isIdle) this.#rest()
  }

  /** Looks at once whether the server is there: for whoever knows that the device has slept, or has another network. */
  wake(): void {
    if (this.#isIdle) return
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
    this.#credentials.forget()
    this.#forgetFailures()
    before()
    if (!this.#isIdle) this.#start()
  }

  get #isIdle(): boolean {
    return this.#subscriptions.members.size === 0
  }

  /** @param error for good, until something is followed again */
  #rest(error?: KoyaError): void {
    this.#error = error
    this.#disconnect()
    this.#stopWaking?.()
    this.#stopWaking = null
    this.#forgetFailures()
    this.#changed()
  }

  #forgetFailures(): void {
    this.#failures = 0
    this.#wasUp = false
    this.#isUnreachable = false
  }

  #disconnect(): void {
    this.#try++
    for (const timer of [this.#retryTimer, this.#deadline, this.#pingTimer, this.#locateTimer]) clearTimeout(timer)
    this.#retryTimer = undefined
    this.#deadline = undefined
    this.#locateTimer = undefined
    this.#credentials.pause()
    this.#subscriptions.disconnected()
    this.#channel?.close()
    this.#channel = null
    this.#isOpen = false
    this.#isUp = false
    this.#ping = null
  }

  #start(): void {
    this.#disconnect()
    const started = this.#try
    this.#expect(OPEN_WITHIN_MS)
    this.#changed()
    const failed = (cause: unknown) => {
      if (started === this.#try) this.#lost({ error: networkError(cause), kind: 'temporary' })
    }
    this.#credentials.next().then((bearer) => {
      if (started !== this.#try) return
      if (bearer === undefined) this.#lost({ error: refusal(), kind: 'permanent' })
      else this.#connect(bearer)
    }, failed)
  }

  #connect(bearer: string | null): void {
    const started = this.#try
    this.#credentials.presented(bearer)
    this.#channel = this.#open(bearer, {
      message: (message) => started === this.#try && this.#receive(message),
      ended: (end) => started === this.#try && this.#lost(end),
    })
  }

  #lost({ error, kind }: ChannelEnd): void {
    const isRefused = kind === 'credential'
    if (isRefused) this.#credentials.refused()
    if (this.#isUp && Date.now() - this.#upSince >= STABLE_MS) this.#failures = 0
    this.#disconnect()
    this.#error = error
    if (kind === 'permanent' || (isRefused && this.#credentials.bearer === null)) {
      const members = this.#subscriptions.removeAll()
      this.#rest(error)
      for (const member of members) member.refused(error)
      return
    }
    // A credential that has ended is the rule: the next one is there at once.
    const wait =
      isRefused && this.#failures === 0 ? 0 : Math.max(backOff(this.#failures), (error.retryAfter ?? 0) * 1000)
    this.#failures++
    this.#isUnreachable = !this.#wasUp && !isRefused
    this.#retryTimer = setTimeout(() => this.#start(), wait)
    this.#changed()
  }

  #receive(message: ServerMessage): void {
    if (this.#deadline !== undefined) this.#waitFor(this.#patience)
    switch (message.type) {
      case 'connected':
        this.#greeted()
        break
      case 'authenticated':
        if (!this.#isUp) this.#accepted()
        this.#credentials.expiresAt(message.payload.expires_at)
        break
      case 'subscribed':
        this.#subscriptions.subscribed(message)
        // Whether it has missed something, the next message says, or the pong.
        if (message.payload.resumed) this.#probe(ANSWER_WITHIN_MS)
        break
      case 'snapshot':
        this.#subscriptions.show(message)
        break
      case 'delta':
        this.#subscriptions.change(message)
        break
      case 'pong':
        this.#located(message.payload.seq, this.#pingedAt)
        break
      case 'progress':
        // Unasked, or at once after a ping, whose pong is on its way.
        this.#located(message.payload.seq, this.#ping === null ? 0 : this.#pingedAt)
        break
      case 'error':
        this.#failed(message)
    }
  }

  /** Subscriptions need not wait for `authenticated`: messages are dealt with in order, and a refusal ends all. */
  #greeted(): void {
    const { bearer } = this.#credentials
    this.#isOpen = true
    // Empty: the browser has sent its cookies.
    if (bearer) this.#authenticate(bearer)
    for (const member of this.#subscriptions.members) this.#subscriptions.subscribe(member)
    this.#probe(ANSWER_WITHIN_MS)
    if (!bearer) this.#accepted()
  }

  #authenticate(token: string): void {
    this.#credentials.presented(token)
    this.#channel?.send({ id: AUTH, type: 'auth', payload: { token } })
  }

  #accepted(): void {
    this.#isUp = true
    this.#error = undefined
    this.#wasUp = true
    this.#isUnreachable = false
    this.#upSince = Date.now()
    this.#pingTimer = setInterval(() => this.#probe(ANSWER_WITHIN_MS), PING_EVERY_MS)
    this.#changed()
  }

  #failed(message: Extract<ServerMessage, { type: 'error' }>): void {
    const { id, payload } = message
    const isUnauthenticated = payload.code === 'UNAUTHENTICATED'
    if (id === AUTH) this.#lost({ error: errorOf(payload), kind: isUnauthenticated ? 'credential' : 'temporary' })
    else if (id === this.#ping) {
      this.#pinged()
      this.#probeIn(LOCATE_AT_MOST_MS)
    } else this.#subscriptions.failed(message, isUnauthenticated && this.#credentials.bearer !== null)
    if (this.#isIdle && this.#channel !== null) this.#rest()
  }

  /** Asks whether the server is there; the connection is replaced if nothing comes within so many milliseconds. */
  #probe(withinMs: number): void {
    if (this.#ping === null) {
      this.#ping = this.#subscriptions.nextRequest()
      this.#pingedAt = Date.now()
      this.#channel?.send({ id: this.#ping, type: 'ping' })
    }
    this.#expect(withinMs)
  }

  #pinged(): void {
    clearTimeout(this.#deadline)
    this.#deadline = undefined
    this.#ping = null
  }

  #located(seq: string, askedAt: number): void {
    this.#pinged()
    this.#subscriptions.settled(seq, askedAt)
    this.#locateLater()
  }

  #locateLater(): void {
    if (!this.#subscriptions.isWaitedFor) return
    this.#probeIn(this.#locateIn)
    this.#locateIn = Math.min(this.#locateIn * 2, LOCATE_AT_MOST_MS)
  }

  #probeIn(milliseconds: number): void {
    if (!this.#isOpen || this.#locateTimer !== undefined) return
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

  #changed(): void {
    for (const member of this.#subscriptions.members) member.connectionChanged(this.#isUp)
    const before = this.#state
    const isDown = !this.#isIdle && !this.#isUp
    const state: ConnectionState = {
      status: this.#isIdle ? 'closed' : isDown ? this.outlook(this.#wasUp) : 'live',
      staleSince: isDown && this.#wasUp ? (before.staleSince ?? new Date()) : undefined,
      error: this.#error,
    }
    if ((['status', 'staleSince', 'error'] as const).every((name) => state[name] === before[name])) return
    this.#state = state
    for (const listener of [...this.#listeners]) guarded(listener)
  }
}

function refusal(): KoyaError {
  const message = 'the server does not accept the credentials, and there are no others'
  return new KoyaError('UNAUTHENTICATED', message, { status: 401 })
}

function networkError(cause: unknown): KoyaError {
  if (isKoyaError(cause)) return cause
  const why = cause instanceof Error ? cause.message : String(cause)
  return new KoyaError('NETWORK', `the server cannot be reached: ${why}`, { cause })
}
