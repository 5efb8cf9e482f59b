import type { Session } from '../ports'

/** A credential is renewed after this part of its life. */
const RENEW_AT = 0.8
const MAX_TIMER_MS = 2 ** 31 - 1

/** What a connection presents: the session's bearer, and the next one in time. */
export class Credentials {
  readonly #session: Session
  readonly #present: (bearer: string) => void
  #bearer: string | null = null
  /** The server has refused it, or its time is over. */
  #refused: string | null = null
  #expiry = Number.POSITIVE_INFINITY
  #timer: ReturnType<typeof setTimeout> | undefined

  /** @param present sends a new bearer over the open connection */
  constructor(session: Session, present: (bearer: string) => void) {
    this.#session = session
    this.#present = present
  }

  /** As it was presented last. Empty: the cookies carry it; null: anonymous. */
  get bearer(): string | null {
    return this.#bearer
  }

  /**
   * What a new connection presents; one that is known to be over is renewed first. Undefined: it is refused, and there is no other.
   * Rejects as `Session.renewed` does.
   */
  async next(): Promise<string | null | undefined> {
    const bearer = await this.#session.bearer()
    const isRefused = bearer !== null && bearer === this.#refused
    const isExpired = bearer !== null && bearer === this.#bearer && Date.now() > this.#expiry
    if (!isRefused && !isExpired) return bearer
    const renewed = await this.#session.renewed(bearer)
    this.#refused = null
    // By another clock it may be valid still.
    return renewed ?? (isRefused ? undefined : bearer)
  }

  presented(bearer: string | null): void {
    if (bearer !== this.#bearer) this.#expiry = Number.POSITIVE_INFINITY
    this.#bearer = bearer
  }

  refused(): void {
    this.#refused = this.#bearer
  }

  /** A new one comes over the open connection, before this one ends. If that fails, the server ends the connection. */
  expiresAt(text: string | null): void {
    this.pause()
    this.#expiry = text === null ? Number.POSITIVE_INFINITY : Date.parse(text)
    const left = this.#expiry - Date.now()
    // A clock that is fast: the server will say when it is over.
    if (left <= 0 || left > MAX_TIMER_MS) return
    this.#timer = setTimeout(() => void this.#renew(), Math.max(left * RENEW_AT, 1_000))
  }

  /** Until the next `expiresAt` nothing is renewed. */
  pause(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  /** Somebody else signs in. */
  forget(): void {
    this.pause()
    this.#bearer = null
    this.#refused = null
    this.#expiry = Number.POSITIVE_INFINITY
  }

  async #renew(): Promise<void> {
    const timer = this.#timer
    const presented = this.#bearer ?? ''
    try {
      const now = await this.#session.bearer()
      const next = now === presented ? await this.#session.renewed(presented) : now
      if (timer === this.#timer && next !== null && next !== presented) this.#present(next)
    } catch {
      // The network, or another user: both have their own way from here.
    }
  }
}
