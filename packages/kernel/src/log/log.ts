import type { Actor, ErrorCode } from '@koyalite/contracts'

type Fields = object

/** The server's log. Fields first, then one plain sentence. What is secret by its name is masked. */
export interface Log {
  debug(fields: Fields, message: string): void
  info(fields: Fields, message: string): void
  warn(fields: Fields, message: string): void
  error(fields: Fields, message: string): void
  /** One line for a request that has been answered. */
  request(entry: RequestEntry): void
  /** The latest lines of all processes but those of requests, the oldest first; at most 2,000, each cut at 8,000 characters. */
  recent(): readonly RecentLine[]
  /** Lines that another process of this server has logged. */
  lines(text: string): void
  /** Lines lost because the disk or the terminal could not keep up. */
  dropped(): number
  /** Resolves when everything logged so far is written. */
  flush(): Promise<void>
  close(): Promise<void>
}

/** A line that was logged. */
export interface RecentLine {
  /** Counts up. */
  readonly number: number
  /** NDJSON; of a line that was cut, only its beginning. */
  readonly line: string
}

/** What is logged of a request. Not its query, which may contain what a user searches for, but the shape of that. */
export interface RequestEntry {
  readonly id: string
  readonly method: string
  readonly path: string
  /** As it is declared: `GET /api/collections/:collection`; `OTHER unmatched` of a path that is no route. */
  readonly route: string
  /** The `:collection` of the route, as the path has it; null without one. */
  readonly collection: string | null
  readonly status: number
  readonly ms: number
  readonly actor: Actor
  readonly ip: string
  /** Length of the response's body; null where it is streamed. */
  readonly bytes: number | null
  /** What it asked the database for, without values; null for what is no list. */
  readonly query: string | null
  /** Code of the error that it was answered with; null without one. */
  readonly code: ErrorCode | null
}

/** For tests and tools that keep no log. */
export const NO_LOG: Log = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  request() {},
  lines() {},
  dropped: () => 0,
  recent: () => [],
  async flush() {},
  async close() {},
}
