import type { RawHandler } from '../load-function'
import type { ServerFetch } from '../server-connection'

/** @param gone aborted when whoever asked is gone before the answer has ended */
export type Answer = (request: Request, gone: AbortSignal) => Promise<Response>

/** What differs between the programs that run the host: all else is the same in each. */
export interface Engine {
  /** As the server shows it: "bun 1.4.5". */
  readonly runtime: string
  /** Requests to the server, over its socket. */
  connect(socket: string): ServerFetch
  /** Listens on a socket. What may be large and what takes how long is the server's to bound. */
  listen(socket: string, answer: Answer): void | Promise<void>
  /** Makes the proxy the way of what does not go by the environment. */
  useProxy?(address: URL): unknown
  /** What a module without a default export has given to a server of the engine's own. */
  served?(): RawHandler | undefined
}
