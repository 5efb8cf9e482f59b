import { CLOSE_CODES, type WebSocketConnection, type WebSocketHandler } from '@koyalite/kernel'
import { type ConnectedFrom, MessageSession } from './message-session'
import type { EndReason, Presented, Session, SessionContext } from './session'

const MAX_REFUSED = 100

/** A WebSocket. */
export class SocketSession extends MessageSession implements WebSocketHandler {
  /** Until the connection is open. */
  #presented: Presented | null
  /** Messages in a row that were refused since there were too many. */
  #refused = 0
  #connection: WebSocketConnection | null = null

  constructor(
    context: SessionContext,
    { presented, from }: { readonly presented: Presented; readonly from: ConnectedFrom },
  ) {
    super(context, from)
    this.#presented = presented
  }

  get buffered(): number {
    return this.#connection?.buffered ?? 0
  }

  get topics(): WebSocketConnection | null {
    return this.#connection
  }

  send(text: string): void {
    this.#connection?.send(text)
  }

  batch(work: () => void): void {
    this.#connection?.batch(work)
  }

  end({ code, text }: EndReason): void {
    this.#connection?.close(code, text)
  }

  open(connection: WebSocketConnection): void {
    if (this.#presented === null) return
    this.#connection = connection
    this.begin(this.#presented)
    this.#presented = null
    this.send(JSON.stringify({ type: 'connected', payload: { client_id: crypto.randomUUID() } }))
  }

  /** Throws RATE_LIMITED. Who does not heed it is cut off. */
  protected charge(session: Session): void {
    try {
      this.context.charge({ ...this.from, actor: session.actor })
      this.#refused = 0
    } catch (error) {
      if (++this.#refused > MAX_REFUSED) this.end({ code: CLOSE_CODES.policy_violation, text: 'too many messages' })
      throw error
    }
  }
}
