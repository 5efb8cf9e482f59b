import type { ServerMessage } from '@koyalite/contracts'
import type { KoyaError } from '../koya-error'

/** Why a connection ended that this client did not close. */
export interface ChannelEnd {
  readonly error: KoyaError
  /** `credential`: the server does not take it, or no longer. `permanent`: the next try would end the same. `temporary`: it may not. */
  readonly kind: 'temporary' | 'credential' | 'permanent'
}

/** A connection over which messages go both ways: a WebSocket, or an event stream and requests beside it. */
export interface Channel {
  send(message: object): void
  /** Nothing is reported after this. */
  close(): void
}

/** Of `ended` comes one, and nothing after it. */
export interface ChannelEvents {
  message(message: ServerMessage): void
  ended(end: ChannelEnd): void
}

export type OpenChannel = (bearer: string | null, events: ChannelEvents) => Channel
