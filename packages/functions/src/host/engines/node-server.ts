import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { failureResponse } from '../failure-response'
import { SERVER_URL } from '../server-connection'
import type { Answer } from './engine'

/** Requests and responses as the rest of the host knows them, over node:http. */
export function serveOnSocket(socket: string, answer: Answer): Promise<void> {
  const server = createServer({ requestTimeout: 0, headersTimeout: 0, keepAliveTimeout: 0 }, (message, reply) => {
    const gone = new AbortController()
    reply.on('close', () => {
      if (!reply.writableFinished) gone.abort()
    })
    // Whoever gets a response that breaks knows it by the connection.
    void answer(requestOf(message), gone.signal)
      .catch(failureResponse)
      .then((response) => send(response, { message, reply }))
      .catch(() => reply.destroy())
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(socket, resolve)
  })
}

function requestOf(message: IncomingMessage): Request {
  const { method = 'GET', url = '/', rawHeaders } = message
  const headers = new Headers()
  for (let at = 0; at < rawHeaders.length; at += 2) headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '')
  const hasBody = method !== 'GET' && method !== 'HEAD'
  const body = hasBody ? (Readable.toWeb(message) as unknown as ReadableStream) : null
  return new Request(SERVER_URL + url, { method, headers, body, ...{ duplex: 'half' } })
}

interface Exchange {
  readonly message: IncomingMessage
  readonly reply: ServerResponse
}

async function send({ status, statusText, headers, body }: Response, { message, reply }: Exchange): Promise<void> {
  reply.statusCode = status
  if (statusText !== '') reply.statusMessage = statusText
  for (const [name, value] of headers) if (name !== 'set-cookie') reply.setHeader(name, value)
  const cookies = headers.getSetCookie()
  if (cookies.length > 0) reply.setHeader('set-cookie', cookies)
  if (body === null || message.method === 'HEAD') {
    await body?.cancel()
    reply.end()
    return
  }
  reply.flushHeaders()
  await pipeline(Readable.fromWeb(body as never), reply)
}
