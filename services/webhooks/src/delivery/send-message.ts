import { type Outbound, OutboundRefusedError } from '@koyalite/kernel'
import { signedHeaders } from '../signing/sign-message'
import type { Attempt } from './delivery'
import { retryAfterMs } from './retry-schedule'

export interface Message {
  readonly id: string
  readonly url: string
  readonly body: string
  readonly secrets: readonly string[]
}

export interface SendOptions {
  readonly outbound: Outbound
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** For everything: the name, the connection, TLS, the answer. */
  readonly timeoutMs: number
  /** Aborted when the server stops. */
  readonly signal: AbortSignal
}

/** What came of an attempt. `interrupted`: by a stop of the server, which says nothing of the receiver. */
export type SendResult =
  | { readonly kind: 'delivered' | 'gone'; readonly attempt: Attempt }
  | {
      readonly kind: 'failed'
      readonly attempt: Attempt
      readonly retryAfterMs: number | null
      readonly isBusy: boolean
    }
  | { readonly kind: 'interrupted' }

export const SEND_TIMEOUT_MS = 15_000
/** Nothing of an answer but its status matters. */
const MAX_ANSWER_BYTES = 64 * 1024
/** Of receivers that have too much to do, or a proxy that cannot reach them: they get less at once. */
const BUSY: ReadonlySet<number> = new Set([429, 502, 503, 504])

/** One attempt: signed now, to an address that was looked at now. Nothing of the answer is kept. */
export async function sendMessage(message: Message, options: SendOptions): Promise<SendResult> {
  const { outbound, now, timeoutMs, signal: stopping } = options
  const at = now()
  const started = performance.now()
  const timeout = AbortSignal.timeout(timeoutMs)
  const signal = AbortSignal.any([timeout, stopping])
  const made = (status: number | null, error: string | null): Attempt => ({
    ...{ at, status, error },
    ms: Math.round(performance.now() - started),
  })
  try {
    const response = await outbound.fetch(message.url, {
      method: 'POST',
      headers: {
        ...requestHeaders(message.id),
        ...signedHeaders({ ...message, timestamp: Math.floor(at / 1000) }, message.secrets),
      },
      body: message.body,
      // What is not kept need not be unpacked: a small answer may become a large one.
      decompress: false,
      // One of the environment would reach addresses that were never looked at.
      proxy: false,
      signal,
    })
    await discardAnswer(response, signal)
    const { status } = response
    if (status >= 200 && status < 300) return { kind: 'delivered', attempt: made(status, null) }
    if (status === 410) return { kind: 'gone', attempt: made(status, statusText(status)) }
    return {
      kind: 'failed',
      attempt: made(status, statusText(status)),
      retryAfterMs: retryAfterMs(response.headers.get('retry-after'), now()),
      isBusy: BUSY.has(status),
    }
  } catch (error) {
    if (stopping.aborted) return { kind: 'interrupted' }
    const text = timeout.aborted ? `no answer within ${timeoutMs / 1000} s` : reason(error)
    return { kind: 'failed', attempt: made(null, text), retryAfterMs: null, isBusy: timeout.aborted }
  }
}

/** Those that are the same at each attempt. */
export function requestHeaders(id: string): Readonly<Record<string, string>> {
  return { 'content-type': 'application/json', 'user-agent': 'KoyaLite-Webhooks', 'webhook-id': id }
}

/** To its end, so that an answer which never ends is none; what is too long is cut off. */
async function discardAnswer({ body }: Response, signal: AbortSignal): Promise<void> {
  if (body === null) return
  const reader = body.getReader()
  const cancel = () => void reader.cancel().catch(() => {})
  signal.addEventListener('abort', cancel, { once: true })
  try {
    let bytes = 0
    for (;;) {
      const { done, value } = await reader.read()
      signal.throwIfAborted()
      if (done) return
      bytes += value.byteLength
      if (bytes > MAX_ANSWER_BYTES) return
    }
  } finally {
    signal.removeEventListener('abort', cancel)
    cancel()
  }
}

function statusText(status: number): string {
  return status >= 300 && status < 400 ? `answered ${status}: redirects are not followed` : `answered ${status}`
}

function reason(error: unknown): string {
  if (error instanceof OutboundRefusedError) return error.message
  const text = error instanceof Error ? error.message : String(error)
  return text.slice(0, 300)
}
