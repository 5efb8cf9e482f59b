import { randomBytes } from 'node:crypto'
import { headingOf } from '../engine/messages'
import { EventWriter, progressText } from './event-writer'
import { type ConnectedFrom, MessageSession } from './message-session'
import { type EndReason, isSameCaller, type Presented, type Session, type SessionContext } from './session'

export interface StreamSessionOptions {
  readonly presented: Presented
  readonly from: ConnectedFrom
  /** Of the process that serves it: see `streamProcess`. */
  readonly process: number
  readonly heartbeatMs: number
  /** Is told once, when it is over. */
  readonly closed: (id: string) => void
}

const ID_BYTES = 16

/** Many subscriptions as server-sent events: what a WebSocket has, but that the client's messages come as requests of their own, to the stream's id. */
export class StreamSession extends MessageSession {
  readonly id: string
  readonly topics = null
  readonly #writer: EventWriter
  readonly #heartbeat: Timer

  constructor(context: SessionContext, { presented, from, process, heartbeatMs, closed }: StreamSessionOptions) {
    super(context, from)
    this.id = `${process}.${randomBytes(ID_BYTES).toString('base64url')}`
    this.#writer = new EventWriter({
      drained: () => this.drain(),
      ended: () => {
        clearInterval(this.#heartbeat)
        this.close()
        closed(this.id)
      },
    })
    this.#heartbeat = setInterval(() => this.#sayProgress(), heartbeatMs)
    this.#heartbeat.unref()
    this.begin(presented)
    this.send(JSON.stringify({ type: 'connected', payload: { id: this.id } }))
  }

  get buffered(): number {
    return this.#writer.buffered
  }

  /** Ends when the client goes away. */
  response(signal: AbortSignal): Response {
    signal.addEventListener('abort', () => this.#writer.close(), { once: true })
    return this.#writer.response()
  }

  /** Whether this is who the stream is for, in the same session. */
  isOf({ actor }: Presented): boolean {
    return this.session !== null && isSameCaller(this.session.actor, actor)
  }

  send(text: string): void {
    this.#writer.write(`event: ${headingOf(text).type}\ndata: ${text}\n\n`)
  }

  batch(work: () => void): void {
    work()
  }

  end({ text }: EndReason): void {
    this.#writer.write(`: ${text}\n\n`)
    this.#writer.close()
  }

  /** Each message is a request, and counted as one. */
  protected charge(_session: Session): void {}

  protected override pinged(): void {
    this.#sayProgress()
  }

  #sayProgress(): void {
    if (this.session !== null) this.send(progressText(this.session.settledSeq))
  }
}

/** Which process serves the stream with this id; null for what is no such id. */
export function streamProcess(id: string): number | null {
  const [, process] = /^(\d{1,4})\.[\w-]{22}$/.exec(id) ?? []
  return process === undefined ? null : Number(process)
}
