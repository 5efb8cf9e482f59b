import type { OutgoingMail } from '@koyalite/contracts'

/** As much of Resend's HTTP API as takes mails. */
export interface FakeResend {
  readonly endpoint: string
  /** With the names that the API has for the parts of a mail. */
  readonly received: readonly Partial<OutgoingMail>[]
  /** How the next mails are answered: one status for each, then they are taken. */
  readonly refusals: number[]
  close(): Promise<void>
}

const MESSAGES: Readonly<Record<number, string>> = { 422: 'validation_error', 429: 'rate_limit_exceeded' }

export function startFakeResend(apiKey: string): FakeResend {
  const received = new Map<string, Partial<OutgoingMail>>()
  const refusals: number[] = []
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    async fetch(request) {
      const refuse = (status: number) => Response.json({ name: MESSAGES[status] ?? 'error' }, { status })
      if (request.method !== 'POST' || new URL(request.url).pathname !== '/emails') return refuse(404)
      if (request.headers.get('authorization') !== `Bearer ${apiKey}`) return refuse(401)
      const status = refusals.shift()
      if (status !== undefined) return refuse(status)
      const messageId = request.headers.get('idempotency-key')
      const mail = (await request.json()) as Partial<OutgoingMail>
      if (messageId === null || !mail.to?.length) return refuse(422)
      received.set(messageId, { ...mail, messageId })
      return Response.json({ id: crypto.randomUUID() })
    },
  })
  return {
    endpoint: new URL('/emails', server.url).href,
    get received() {
      return [...received.values()]
    },
    refusals,
    close: () => server.stop(true),
  }
}
