import type { AppError } from '@koyalite/contracts'
import type { LiveSpec } from '../engine/live-query'
import { headingOf } from '../engine/messages'
import { EventWriter, progressText } from './event-writer'
import { type EndReason, type Presented, Session, type SessionContext, type SessionOutput } from './session'

export interface EventStreamRequest {
  readonly presented: Presented
  readonly ip: string
  readonly isLocal: boolean
  readonly spec: LiveSpec
  /** The resume token of Last-Event-ID. */
  readonly since: string | null
  /** Comes behind every resume token: see `StreamTickets`. */
  readonly endOfIds: string
  readonly signal: AbortSignal
  readonly heartbeatMs: number
}

/** After so long, or up to twice that, clients come back. */
const RETRY_MS = 1_000
/** The first of a message is our own: in front of all documents, and errors have their text escaped. */
const RESUME = /"resume":"[^"]*/
/** The client's name of the subscription, of which there is one. */
const REQUEST_ID = 'live'

/**
 * One subscription as server-sent events. Every event is a message as WebSockets have it, whole, under its type; snapshots and deltas have
 * their resume token as id. Throws what `Session.subscribe` does.
 */
export async function eventStream(context: SessionContext, request: EventStreamRequest): Promise<Response> {
  const outlet = new StreamOutlet(request)
  const session = new Session(context, outlet, request)
  context.registry.add(session)
  outlet.onClosed = () => session.closed()
  outlet.onDrained = () => session.drained()
  outlet.position = () => session.position
  try {
    await session.subscribe(REQUEST_ID, request.spec, request.since)
  } catch (error) {
    session.closed()
    throw error
  }
  request.signal.addEventListener('abort', () => outlet.close(), { once: true })
  return outlet.response()
}

class StreamOutlet implements SessionOutput {
  readonly topics = null
  onClosed: () => void = () => {}
  onDrained: () => void = () => {}
  /** Up to where everything has been sent; null where nothing has been. */
  position: () => string | null = () => null
  readonly #heartbeat: Timer
  readonly #endOfIds: string
  readonly #writer = new EventWriter({
    drained: () => this.onDrained(),
    ended: () => {
      clearInterval(this.#heartbeat)
      this.onClosed()
    },
  })

  constructor({ since, endOfIds, heartbeatMs }: Pick<EventStreamRequest, 'since' | 'endOfIds' | 'heartbeatMs'>) {
    this.#endOfIds = endOfIds
    // Clients that a restart has cut off do not all come back at once.
    const retry = RETRY_MS + Math.floor(Math.random() * RETRY_MS)
    // An id without an event is remembered too: who is cut off before the first one can come back.
    const id = endOfIds === '' || since !== null ? '' : `id: ${endOfIds}\n`
    this.#writer.write(`retry: ${retry}\n${id}: live\n\n`)
    this.#heartbeat = setInterval(() => this.#beat(), heartbeatMs)
    this.#heartbeat.unref()
  }

  get buffered(): number {
    return this.#writer.buffered
  }

  response(): Response {
    return this.#writer.response()
  }

  send(text: string): void {
    const { type, resume } = headingOf(text)
    const id = resume === null ? '' : `id: ${resume}${this.#endOfIds}\n`
    // In a part of a snapshot the first one may be in a document.
    const isPart = type === 'snapshot' && resume === null
    const data = this.#endOfIds === '' || isPart ? text : text.replace(RESUME, `$&${this.#endOfIds}`)
    this.#writer.write(`${id}event: ${type}\ndata: ${data}\n\n`)
  }

  #beat(): void {
    const seq = this.position()
    if (seq === null) this.#writer.write(': still here\n\n')
    else this.send(progressText(seq))
  }

  batch(work: () => void): void {
    work()
  }

  end({ text }: EndReason): void {
    this.#writer.write(`: ${text}\n\n`)
    this.close()
  }

  idle(_error: AppError): void {
    this.close()
  }

  close(): void {
    this.#writer.close()
  }
}
