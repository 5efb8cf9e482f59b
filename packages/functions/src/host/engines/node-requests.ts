import { Agent, type IncomingMessage, request } from 'node:http'
import { Readable } from 'node:stream'
import type { ServerFetch } from '../server-connection'

/** `fetch` of Node.js knows no sockets: requests as node:http makes them, with the responses that the rest of the host knows. */
export function connectOverSocket(socketPath: string): ServerFetch {
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY })
  return (path, { method = 'GET', headers, body, signal }) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const sent = request({
        ...{ socketPath, agent, method, path, setHost: false },
        headers: { host: 'koyalite', ...Object.fromEntries(new Headers(headers)) },
        ...(signal ? { signal } : {}),
      })
      sent.on('response', (message) => resolve(responseOf(message)))
      sent.on('error', (error) => reject(signal?.aborted ? signal.reason : error))
      sent.end(body ?? undefined)
    })
}

/** Statuses with which a response has no body. */
const BODILESS: ReadonlySet<number> = new Set([204, 205, 304])

function responseOf(message: IncomingMessage): Response {
  const { statusCode: status = 500, rawHeaders } = message
  const headers = new Headers()
  for (let at = 0; at < rawHeaders.length; at += 2) headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '')
  if (!BODILESS.has(status))
    return new Response(Readable.toWeb(message) as unknown as ReadableStream, { status, headers })
  message.resume()
  return new Response(null, { status, headers })
}
