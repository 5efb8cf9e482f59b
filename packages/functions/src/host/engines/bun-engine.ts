import { failureResponse } from '../failure-response'
import { SERVER_URL } from '../server-connection'
import type { Engine } from './engine'

/** Taken before code of the function can replace it. */
const fetchNow = globalThis.fetch

export const bunEngine: Engine = {
  runtime: `bun ${Bun.version}`,
  connect(socket) {
    // Bun ends requests without an answer after five minutes by itself; the server knows better when to.
    return (path, init) => fetchNow(SERVER_URL + path, { ...init, unix: socket, timeout: false } as BunFetchRequestInit)
  },
  listen(socket, answer) {
    Bun.serve({
      unix: socket,
      // Sockets have it, too (ten seconds without it), though the types say that only ports do.
      ...({ idleTimeout: 0 } as object),
      maxRequestBodySize: Number.MAX_SAFE_INTEGER,
      fetch: (request) => answer(request, request.signal),
      error: (error) => failureResponse(error),
    })
  },
}
