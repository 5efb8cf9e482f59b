import type { ServerMessage } from '@koyalite/contracts'
import { KoyaError } from '../koya-error'
import { backOff } from './back-off'

type Sent<T extends ServerMessage['type']> = Extract<ServerMessage, { type: T }>
/** Not of an aggregate. */
export type SentSnapshot = Extract<Sent<'snapshot'>['payload'], { docs: unknown }>
export type SentDelta = Sent<'delta'>['payload']

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
  /** Everything up to `seq` has come. @param askedAt when the server was asked, in milliseconds since 1970; 0: it was not */
  settled(seq: string, askedAt: number): void
  startOver(): void
  /** For good: it has been removed. */
  refused(error: KoyaError): void
  connectionChanged(isUp: boolean): void
}

/** Codes with which a subscription ends that may be there a moment later. */
const TEMPORARY: readonly string[] = ['RATE_LIMITED', 'REALTIME_BUSY', 'UNAVAILABLE', 'QUERY_TIMEOUT', 'INTERNAL']

/** What is followed over a connection: which message is about what. */
export class Subscriptions {
  readonly #send: (message: object) => void
  readonly #postponed: (error: KoyaError) => void
  readonly #members = new Set<Member>()
  /** How many there have been: subscriptions, and pings. */
  #requests = 0
  readonly #asked = new Map<number, Member>()
  readonly #open = new Map<string, Member>()
  readonly #later = new Map<Member, ReturnType<typeof setTimeout>>()
  #failures = 0

  /** @param postponed is called when a subscription is refused for a while */
  constructor(send: (message: object) => void, postponed: (error: KoyaError) => void) {
    this.#send = send
    this.#postponed = postponed
  }

  get members(): ReadonlySet<Member> {
    return this.#members
  }

  get isWaitedFor(): boolean {
    return [...this.#members].some((member) => member.isWaitedFor)
  }

  nextRequest(): number {
    return ++this.#requests
  }

  add(member: Member): void {
    this.#members.add(member)
  }

  /** Returns whether it was there. */
  remove(member: Member): boolean {
    clearTimeout(this.#later.get(member))
    for (const [id, other] of this.#open) if (other === member) this.#close(id)
    // One that is on its way is closed when it comes.
    for (const [id, other] of this.#asked) if (other === member) this.#asked.delete(id)
    return this.#members.delete(member)
  }

  removeAll(): readonly Member[] {
    const members = [...this.#members]
    this.#members.clear()
    return members
  }

  subscribe(member: Member): void {
    const id = this.nextRequest()
    this.#asked.set(id, member)
    this.#send({ id, type: 'subscribe', payload: member.payload })
  }

  /** The connection is gone, and with it what it knew. */
  disconnected(): void {
    for (const timer of this.#later.values()) clearTimeout(timer)
    this.#later.clear()
    this.#asked.clear()
    this.#open.clear()
    this.#failures = 0
  }

  subscribed({ id, payload }: Sent<'subscribed'>): void {
    const { subscription_id, resumed } = payload
    const member = this.#asked.get(Number(id))
    if (member === undefined) this.#close(subscription_id)
    else {
      this.#open.set(subscription_id, member)
      member.subscribed(resumed)
    }
  }

  show({ payload }: Sent<'snapshot'>): void {
    if ('docs' in payload) this.#open.get(payload.subscription_id)?.show(payload)
  }

  change({ payload }: Sent<'delta'>): void {
    const member = this.#open.get(payload.subscription_id)
    try {
      member?.change(payload)
    } catch {
      // Nothing that a server of ours sends; a snapshot sets it right.
      this.#close(payload.subscription_id)
      member?.startOver()
      if (member !== undefined) this.subscribe(member)
    }
  }

  settled(seq: string, askedAt: number): void {
    for (const member of this.#open.values()) member.settled(seq, askedAt)
  }

  /** Takes an error, if it is about one of these. @param endsWithCredential the connection ends with the same error as this one */
  failed({ id, payload }: Sent<'error'>, endsWithCredential: boolean): void {
    const member = this.#asked.get(Number(id))
    if (member === undefined || endsWithCredential) return
    this.#asked.delete(Number(id))
    if (payload.subscription_id !== undefined) this.#open.delete(payload.subscription_id)
    if (TEMPORARY.includes(payload.code)) {
      this.#postponed(errorOf(payload))
      this.#subscribeLater(member)
      return
    }
    this.remove(member)
    member.refused(errorOf(payload))
  }

  #subscribeLater(member: Member): void {
    member.connectionChanged(false)
    const subscribe = () => {
      this.#later.delete(member)
      this.subscribe(member)
    }
    this.#later.set(member, setTimeout(subscribe, backOff(this.#failures++)))
  }

  #close(id: string): void {
    this.#open.delete(id)
    this.#send({ type: 'unsubscribe', payload: { subscription_id: id } })
  }
}

export function errorOf({ code, message, details }: Sent<'error'>['payload']): KoyaError {
  return new KoyaError(code, message, { details: details as KoyaError['details'] })
}
