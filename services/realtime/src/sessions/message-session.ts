import { AppError, CLIENT_MESSAGE, type ClientMessage, inexactMessage } from '@koyalite/contracts'
import {
  CLOSE_CODES,
  LONG_JSON,
  type MessageSender,
  type NumberPolicy,
  parseJson,
  parseJsonInTurns,
  toAppError,
} from '@koyalite/kernel'
import { askedSpec } from './asked-spec'
import { errorText } from './error-text'
import { type EndReason, type Presented, Session, type SessionContext, type SessionOutput } from './session'
import { withoutEnd } from './stream-tickets'
import { callOf } from './subscribed-list'

/** Messages of one client that may wait for those before them. */
const MAX_WAITING = 1000
/** Of a query: what one may say fits into a quarter of it, and it is read several times. */
const MAX_QUERY_TEXT = 256 * 1024

/** Where a connection comes from, as limits see it. */
export type ConnectedFrom = Pick<MessageSender, 'ip' | 'isLocal' | 'isUnlimited'>

/**
 * A connection whose client sends messages: they are dealt with one after the other, in the order in which they came. There are thousands: what is
 * seldom there is null.
 */
export abstract class MessageSession implements SessionOutput {
  protected readonly context: SessionContext
  protected readonly from: ConnectedFrom
  protected session: Session | null = null
  /** Not null while messages are dealt with. */
  #waiting: string[] | null = null
  #isBusy = false

  constructor(context: SessionContext, { ip, isLocal, isUnlimited }: ConnectedFrom) {
    this.context = context
    this.from = { ip, isLocal, isUnlimited }
  }

  abstract readonly buffered: number
  abstract readonly topics: SessionOutput['topics']
  abstract send(text: string): void
  abstract batch(work: () => void): void
  abstract end(reason: EndReason): void

  /** Counts a message. Throws RATE_LIMITED. */
  protected abstract charge(session: Session): void

  /** A ping has come; it is answered when everything before it has been. */
  protected pinged(_session: Session): void {}

  protected begin(presented: Presented): void {
    this.session = new Session(this.context, this, { presented, ...this.from })
    this.context.registry.add(this.session)
  }

  message(text: string): void {
    this.#waiting ??= []
    if (this.#waiting.length >= MAX_WAITING) {
      this.end({ code: CLOSE_CODES.policy_violation, text: 'too many messages at once' })
      return
    }
    this.#waiting.push(text)
    this.#work()
  }

  drain(): void {
    if (this.session?.drained()) this.#work()
  }

  close(): void {
    this.#waiting = null
    this.session?.closed()
    this.session = null
  }

  /** Who does not take what is sent to them is not listened to either. */
  #work(): void {
    while (!this.#isBusy && this.session !== null && !this.session.isBehind) {
      const text = this.#waiting?.shift()
      if (text === undefined) {
        this.#waiting = null
        return
      }
      const later = this.#handle(this.session, text)
      if (later === undefined) continue
      this.#isBusy = true
      void later.finally(() => {
        this.#isBusy = false
        this.#work()
      })
    }
  }

  #handle(session: Session, text: string): Promise<void> | undefined {
    let id: string | number | undefined
    const send = (error: AppError) => session.outlet.send(errorText(error, { id }))
    const failed = (thrown: unknown): Promise<void> | undefined => {
      const error = toAppError(thrown)
      const explained = this.#explained(session, error)
      if (explained !== undefined) return explained.then(send)
      send(error)
      return
    }
    const numbers: NumberPolicy = {
      ...NUMBERS,
      refusal(numbers, body) {
        if (!numbers.some(({ path }) => path[0] === 'id')) id = requestIdOf(body)
        return NUMBERS.refusal(numbers, body)
      },
    }
    const dealWith = (value: unknown): Promise<void> | undefined => {
      id = requestIdOf(value)
      this.charge(session)
      if (text.length > MAX_QUERY_TEXT) refuseQuery(value)
      const message = parseMessage(value)
      switch (message.type) {
        case 'subscribe':
          return session
            .subscribe(message.id, askedSpec(message.payload), withoutEnd(message.payload.since ?? '') || null)
            ?.catch(failed)
        case 'unsubscribe':
          session.unsubscribe(message.payload.subscription_id)
          return
        case 'ping':
          this.pinged(session)
          session.ping(() => session.outlet.send(pong(id, session.settledSeq)))
          return
        case 'auth':
          return session
            .present(message.payload.token)
            .then((expiresAt) => session.outlet.send(authenticated(id, expiresAt)), failed)
      }
    }
    try {
      const bytes = new TextEncoder().encode(text)
      if (bytes.length < LONG_JSON) return dealWith(parseJson(bytes, numbers))
      const later = (value: unknown) => (this.session === session ? dealWith(value) : undefined)
      return parseJsonInTurns(bytes, numbers).then(later).catch(failed)
    } catch (thrown) {
      return failed(thrown)
    }
  }

  /** In `dev`: a refusal by rules with its reason. */
  #explained({ actor }: Session, error: AppError): Promise<AppError> | undefined {
    const { denials, now } = this.context
    if (denials === null || error.denial === undefined) return
    const { ip, isLocal } = this.from
    return denials.refused(error, { ...callOf(error.denial.collection), actor, ip, isLocal, time: now() })
  }
}

function authenticated(id: string | number | undefined, expiresAt: number | null): string {
  const payload = { expires_at: expiresAt === null ? null : new Date(expiresAt).toISOString() }
  return JSON.stringify({ ...(id === undefined ? {} : { id }), type: 'authenticated', payload })
}

/** A value to compare with may have more digits than are written again; one that would become another value finds what was not asked for. */
const NUMBERS: NumberPolicy = {
  allows: ({ path, fidelity }) => fidelity === 'nearest' && isCompared(path),
  refusal([number]) {
    const { path = [], token = '' } = number ?? {}
    const name = path.join('.') || 'the message'
    return new AppError(isCompared(path) ? 'INVALID_FILTER' : 'INVALID_JSON', `${inexactMessage(name, token)}.`)
  },
}

function isCompared([payload, name]: readonly string[]): boolean {
  return payload === 'payload' && (name === 'filter' || name === 'params')
}

function pong(id: string | number | undefined, seq: string): string {
  return JSON.stringify({ ...(id === undefined ? {} : { id }), type: 'pong', payload: { seq } })
}

/** Throws INVALID_REQUEST with everything that is wrong. */
function parseMessage(value: unknown): ClientMessage {
  const result = CLIENT_MESSAGE.safeParse(value)
  if (result.success) return result.data
  const details = result.error.issues.map(({ path, code, message }) => ({ field: path.join('.'), code, message }))
  const first = details[0]
  const where = first?.field ? `'${first.field}': ` : ''
  throw new AppError('INVALID_REQUEST', `Not a valid message: ${where}${first?.message ?? 'unknown format'}.`, {
    details,
  })
}

function refuseQuery(value: unknown): void {
  const isQuery = typeof value === 'object' && value !== null && 'type' in value && value.type === 'subscribe'
  if (isQuery) throw new AppError('INVALID_REQUEST', `A subscription has at most ${MAX_QUERY_TEXT} characters.`)
}

/** So that an error can be matched to its message even if the message is invalid. */
function requestIdOf(value: unknown): string | number | undefined {
  const id = typeof value === 'object' && value !== null && 'id' in value ? value.id : undefined
  return (typeof id === 'string' && id.length <= 200) || typeof id === 'number' ? id : undefined
}
