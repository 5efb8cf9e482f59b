import type { OutgoingMail } from '@koyalite/contracts'

/** As much of Resend's HTTP API as takes mails. */
export interface FakeResend {
  readonly baseUrl: string
  /** With the names that the API has for the parts of a mail. */
  readonly received: readonly ReceivedMail[]
  /** How the next mails are answered: one for each, then they are taken. A number alone is a status. */
  readonly refusals: (number | FakeRefusal)[]
  close(): Promise<void>
}

interface ReceivedMail extends Partial<OutgoingMail> {
  readonly tags?: readonly { readonly name: string; readonly value: string }[]
}

export interface FakeRefusal {
  readonly status: number
  readonly name?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Instead of JSON. */
  readonly text?: string
  /** The mail is taken all the same. */
  readonly isTaken?: true
}

const NAMES: Readonly<Record<number, string>> = { 422: 'validation_error', 429: 'rate_limit_exceeded' }

export function startFakeResend(apiKey: string): FakeResend {
  /** By idempotency key: the mail, and its bytes. */
  const received = new Map<string, { readonly mail: ReceivedMail; readonly text: string }>()
  const refusals: (number | FakeRefusal)[] = []
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    async fetch(request) {
      const refuse = ({ status, name = NAMES[status] ?? 'error', headers = {}, text }: FakeRefusal) =>
        new Response(text ?? JSON.stringify({ name, message: `it is ${name}`, statusCode: status }), {
          ...{ status, headers },
        })
      if (request.method !== 'POST' || new URL(request.url).pathname !== '/emails') return refuse({ status: 404 })
      if (request.headers.get('authorization') !== `Bearer ${apiKey}`) return refuse({ status: 401 })
      const next = refusals.shift()
      const refusal = typeof next === 'number' ? { status: next } : next
      if (refusal !== undefined && refusal.isTaken !== true) return refuse(refusal)
      const messageId = request.headers.get('idempotency-key')
      const text = await request.text()
      const mail = JSON.parse(text) as ReceivedMail
      if (messageId === null || !mail.to?.length) return refuse({ status: 422 })
      const earlier = received.get(messageId)
      if (earlier !== undefined && earlier.text !== text)
        return refuse({ status: 409, name: 'invalid_idempotent_request' })
      received.set(messageId, { mail: { ...mail, messageId }, text })
      return refusal === undefined ? Response.json({ id: crypto.randomUUID() }) : refuse(refusal)
    },
  })
  return {
    baseUrl: server.url.origin,
    get received() {
      return [...received.values()].map(({ mail }) => mail)
    },
    refusals,
    close: () => server.stop(true),
  }
}
