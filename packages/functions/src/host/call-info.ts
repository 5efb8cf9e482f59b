import type { Auth } from '../ctx'

/** What the server says about a call: `Koyalite-Call`. */
export interface CallInfo {
  readonly execution: string
  /** For requests to the server, until the call has ended. */
  readonly token: string
  readonly version: number
  readonly auth: Auth | null
  readonly request: {
    readonly id: string
    readonly ip: string
    readonly headers: Readonly<Record<string, string>>
    readonly url: string
  }
  /** Milliseconds since 1970. */
  readonly deadline: number
  readonly chain: { readonly root: string; readonly depth: number }
  readonly dev: boolean
  /** That it runs, if any. */
  readonly job?: { readonly id: string; readonly attempt: number; readonly key: string | null }
  /** Its input is an event. */
  readonly event?: true
}

export const CALL_HEADER = 'koyalite-call'

/** Throws an Error where there is none. The server wrote it: it is not checked further. */
export function readCallInfo(headers: Headers): CallInfo {
  const text = headers.get(CALL_HEADER)
  if (text === null) throw new Error('the header Koyalite-Call is missing')
  return JSON.parse(Buffer.from(text, 'base64url').toString())
}
