import type { Outbound, OutboundInit } from '@koyalite/kernel'
import type { CustomFetch } from 'openid-client'

/** Documents, keys, tokens and claims are kilobytes. In bytes, after decompression. */
const MAX_ANSWER = 1_000_000
/** For the whole response, not only its beginning. Milliseconds. */
const TIMEOUT = 10_000

/** A provider whose response is too long: it is not read to its end. */
class ResponseTooLongError extends Error {
  override readonly name = 'ResponseTooLongError'
}

/**
 * How everything at a provider is fetched. Redirects are not followed: they would carry credentials to wherever they
 * lead. Where a provider's own document leads may be anywhere, so it is called as any address of somebody else. The
 * response is read here, within a bound and a time, since libraries read whatever comes.
 */
export function createProviderFetch({ fetch }: Outbound): CustomFetch {
  return async (url, options) => {
    const limit = AbortSignal.timeout(TIMEOUT)
    const signal = options.signal ? AbortSignal.any([options.signal, limit]) : limit
    const { redirect: _, ...init } = options
    const response = await fetch(url, { ...init, signal } as OutboundInit)
    const body = await readBounded(response)
    const headers = new Headers(response.headers)
    // They are about the bytes on the line.
    for (const name of ['content-encoding', 'content-length', 'transfer-encoding']) headers.delete(name)
    const hasBody = ![204, 205, 304].includes(response.status)
    return new Response(hasBody ? body : null, { status: response.status, headers })
  }
}

async function readBounded(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    length += chunk.length
    // Leaving the loop cancels the stream.
    if (length > MAX_ANSWER) throw new ResponseTooLongError(`a response of more than ${MAX_ANSWER} bytes`)
    chunks.push(chunk)
  }
  const body = new Uint8Array(length)
  let offset = 0
  for (const chunk of chunks) {
    body.set(chunk, offset)
    offset += chunk.length
  }
  return body
}
