import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { freePort } from './free-port'

export interface SeenRequest {
  readonly method: string
  /** With its query. */
  readonly path: string
  /** Its Idempotency-Key. */
  readonly key: string | null
}

export interface FaultProxy {
  readonly url: string
  /** Every request that arrived. */
  readonly requests: readonly SeenRequest[]
  stop(): void
}

/**
 * What becomes of a request, by its number from 0: undefined passes it on, `drop` passes it on and cuts the connection in the place
 * of the answer.
 */
export type Fault = (index: number, request: SeenRequest) => Response | Promise<Response> | 'drop' | undefined

/** A server in front of another one that loses answers, or gives others. */
export function startFaultProxy(target: string, fault: Fault): FaultProxy {
  const requests: SeenRequest[] = []
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const { method = 'GET', url: path = '/' } = request
    const seen = { method, path, key: request.headers['idempotency-key']?.toString() ?? null }
    requests.push(seen)
    const made = fault(requests.length - 1, seen)
    const given = await (made === undefined || made === 'drop' ? passOn(target, request) : made)
    if (made === 'drop') return void request.socket.destroy()
    const headers = [...given.headers].filter(([name]) => name !== 'content-encoding' && name !== 'content-length')
    response.writeHead(given.status, Object.fromEntries(headers)).end(Buffer.from(await given.arrayBuffer()))
  }
  const port = freePort()
  const server = createServer((request, response) => void answer(request, response))
  server.listen(port, '127.0.0.1')
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    stop() {
      server.closeAllConnections()
      server.close()
    },
  }
}

async function passOn(target: string, request: IncomingMessage): Promise<Response> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part)
  const { host: _, connection: __, 'content-length': ___, 'transfer-encoding': ____, ...headers } = request.headers
  const body = parts.length === 0 ? {} : { body: Buffer.concat(parts) }
  return fetch(`${target}${request.url}`, {
    method: request.method ?? 'GET',
    headers: headers as Record<string, string>,
    ...body,
  })
}
