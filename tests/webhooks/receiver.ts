import { until } from '@koyalite/testkit'
import { Webhook } from 'standardwebhooks'

export interface ReceivedMessage {
  readonly id: string
  readonly timestamp: string
  readonly signature: string
  readonly body: string
  readonly headers: Headers
  /** When it came, in milliseconds since 1970. */
  readonly at: number
}

/** Somebody who receives webhooks. */
export interface Receiver {
  readonly url: string
  readonly port: number
  /** All requests so far. */
  readonly messages: readonly ReceivedMessage[]
  /** What it answers from now on. */
  answer: (message: ReceivedMessage) => Response | Promise<Response>
  /** Waits for so many requests. */
  received(count: number): Promise<readonly ReceivedMessage[]>
  /** The events of the requests, in their order. */
  // biome-ignore lint/suspicious/noExplicitAny: a test states what it expects of it
  events(): any[]
  stop(): void
}

export function startReceiver(): Receiver {
  const messages: ReceivedMessage[] = []
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    idleTimeout: 60,
    async fetch(request) {
      const body = await request.text()
      const of = (name: string) => request.headers.get(`webhook-${name}`) ?? ''
      const signed = { id: of('id'), timestamp: of('timestamp'), signature: of('signature') }
      const message: ReceivedMessage = { ...signed, body, headers: request.headers, at: Date.now() }
      messages.push(message)
      return receiver.answer(message)
    },
  })
  const receiver: Receiver = {
    url: `http://127.0.0.1:${server.port}/hook`,
    port: server.port ?? 0,
    messages,
    answer: () => new Response(null, { status: 204 }),
    async received(count) {
      await until(() => messages.length >= count, { what: () => `${count} requests; there were ${messages.length}` })
      return messages
    },
    events: () => messages.map(({ body }) => JSON.parse(body)),
    stop: () => void server.stop(true),
  }
  return receiver
}

/** Whether the library of Standard Webhooks takes a message for one that was signed with a secret. */
export function isAuthentic({ body, id, timestamp, signature }: ReceivedMessage, secret: string): boolean {
  const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature }
  try {
    new Webhook(secret).verify(body, headers)
    return true
  } catch {
    return false
  }
}
