import type { Presented, SessionContext } from './session'
import { StreamSession, type StreamSessionOptions } from './stream-session'

/** A message to an event stream, as it is passed between the processes of a server. */
export interface StreamMessage {
  readonly id: string
  readonly presented: Presented
  /** JSON. */
  readonly text: string
}

/** The event streams of this process that take messages. */
export class OpenStreams {
  readonly #context: SessionContext
  readonly #options: Pick<StreamSessionOptions, 'process' | 'heartbeatMs'>
  readonly #byId = new Map<string, StreamSession>()

  constructor(context: SessionContext, options: Pick<StreamSessionOptions, 'process' | 'heartbeatMs'>) {
    this.#context = context
    this.#options = options
  }

  /** Throws UNAVAILABLE, RATE_LIMITED where there is no room. */
  open({
    presented,
    from,
    signal,
  }: Pick<StreamSessionOptions, 'presented' | 'from'> & { readonly signal: AbortSignal }): Response {
    this.#context.registry.requireRoom(presented.actor, from)
    const closed = (id: string) => void this.#byId.delete(id)
    const stream = new StreamSession(this.#context, { ...this.#options, presented, from, closed })
    this.#byId.set(stream.id, stream)
    return stream.response(signal)
  }

  /** Whether this process has the stream, and it is the sender's. */
  take({ id, presented, text }: StreamMessage): boolean {
    const stream = this.#byId.get(id)
    if (stream === undefined || !stream.isOf(presented)) return false
    stream.message(text)
    return true
  }
}
