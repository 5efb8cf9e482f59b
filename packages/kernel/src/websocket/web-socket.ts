/** A WebSocket connection, as the service that speaks over it sees it. After its end all methods do nothing. */
export interface WebSocketConnection {
  /** Bytes that were sent and wait for the client to take them. */
  readonly buffered: number
  /** Sends a text message. */
  send(text: string): void
  /** Runs `work`; what is sent meanwhile leaves in as few packets as possible. */
  batch(work: () => void): void
  /** From now on this connection gets what is published to the topic. */
  join(topic: string): void
  leave(topic: string): void
  /** Sends a text message to all connections of this server that have joined the topic, in the order of all their messages. */
  publish(topic: string, text: string): void
  /** @param reason at most 123 bytes */
  close(code: number, reason: string): void
}

/** What becomes of one connection. */
export interface WebSocketHandler {
  open(connection: WebSocketConnection): void
  message(text: string): void
  /** What had piled up has been taken. */
  drain(): void
  /** The connection is closed, by either side. */
  close(): void
}

/** A handler's answer to a request that asks for a WebSocket: see `Route`. */
export interface WebSocketResponse {
  readonly webSocket: WebSocketHandler
}

/** Close codes (RFC 6455 7.4, and its registry). */
export const CLOSE_CODES = {
  going_away: 1001,
  unsupported_data: 1003,
  policy_violation: 1008,
  internal_error: 1011,
  restart: 1012,
  try_again_later: 1013,
} as const
