import { createOpenData, type OpenDataOptions, type OpenSchema } from '@koyalite/client/adapter'
import type { BaseClient } from '@koyalite/client/data'
import type { Call } from './call'
import { type ErrorSource, markErrors } from './passed-errors'
import { SERVER_URL } from './server-connection'

/** A client of one part of the server, as untyped as it is at run time. */
export type PartClient = BaseClient<'data', OpenSchema>

/** Metadata of the collections, as typed clients have it. */
export type Collections = NonNullable<OpenDataOptions['collections']>

interface Part {
  readonly call: Call
  readonly source: ErrorSource
  /** Before the paths of the API. */
  readonly base: string
  readonly collections?: Collections | undefined
  /** Before each request: what it throws, the call rejects with. */
  readonly check?: () => void
  /** Around each request, until it has settled. */
  readonly follow?: <T>(request: Promise<T>) => Promise<T>
}

/** A call is made once, for as long as it takes: the server knows when it is over, and tries again what makes sense. */
export function openPart({ call, source, base, collections, check, follow = (request) => request }: Part): PartClient {
  return createOpenData({
    url: SERVER_URL + base,
    token: call.info.token,
    collections,
    isDevelopment: call.info.dev,
    retries: 0,
    timeout: 0,
    fetch: (url, init) => call.server(url.slice(SERVER_URL.length), init),
    around: ({ signal, ...options }, send) =>
      markErrors({ call, source }, async () => {
        check?.()
        const either = signal === undefined ? call.signal : AbortSignal.any([call.signal, signal])
        return follow(send({ ...options, signal: either }))
      }),
  })
}
