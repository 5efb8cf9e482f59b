import { SERVER_URL } from '../server-connection'
import { deno } from './deno-globals'
import { takeServed } from './deno-serve'
import type { Engine } from './engine'
import { useProxyInAgents } from './node-proxy'

/** Taken before code of the function can replace them. */
const fetchNow = globalThis.fetch
const { serve } = deno

/** Deno 2. */
export const denoEngine: Engine = {
  runtime: `deno ${deno.version.deno}`,
  connect(socket) {
    const client = deno.createHttpClient({ proxy: { transport: 'unix', path: socket } })
    return (path, init) => fetchNow(SERVER_URL + path, { ...init, client } as RequestInit)
  },
  listen(path, answer) {
    serve({ path, onListen() {} }, (request, { completed }) => {
      const gone = new AbortController()
      // `request.signal` is aborted by answers that have arrived, too.
      completed.catch(() => gone.abort())
      return answer(request, gone.signal)
    })
  },
  // `fetch` goes by the environment.
  useProxy: useProxyInAgents,
  served: takeServed(),
}
