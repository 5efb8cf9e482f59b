/** A response of the API, read whole. */
export interface ApiResponse {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body as JSON, undefined if it is not JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: a test states what it expects of it
  readonly body: any
}

export interface CallOptions {
  /** Sent as JSON. */
  readonly json?: unknown
  /** Sent as it is. */
  readonly raw?: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>
  readonly headers?: Readonly<Record<string, string>>
}

type Call = (path: string, options?: CallOptions) => Promise<ApiResponse>
type CallWithJson = (path: string, json?: unknown, headers?: Readonly<Record<string, string>>) => Promise<ApiResponse>

export interface Api {
  readonly url: string
  request(method: string, path: string, options?: CallOptions): Promise<ApiResponse>
  readonly get: Call
  readonly head: Call
  readonly delete: Call
  readonly post: CallWithJson
  readonly put: CallWithJson
  readonly patch: CallWithJson
  /** GET of a collection with list parameters; a list of values repeats the parameter. */
  list(collection: string, parameters?: Readonly<Record<string, Parameter>>): Promise<ApiResponse>
}
type Parameter = string | number | boolean | readonly string[]

/** No response within this time is a hang, and fails the test. */
const HANGS_AFTER_MS = 30_000

/** A client of a server, with a service key or without. */
export function createApi(url: string, key?: string): Api {
  const request: Api['request'] = async (method, path, options = {}) => {
    const headers = new Headers(options.headers)
    if (key !== undefined && !headers.has('authorization')) headers.set('authorization', `Bearer ${key}`)
    let body: CallOptions['raw'] = options.raw
    if (options.json !== undefined) {
      body = JSON.stringify(options.json)
      if (!headers.has('content-type')) headers.set('content-type', 'application/json')
    }
    const response = await fetch(url + path, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
      redirect: 'manual',
      signal: AbortSignal.timeout(HANGS_AFTER_MS),
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, body: parse(text) }
  }
  const withJson =
    (method: string): CallWithJson =>
    (path, json, headers) =>
      request(method, path, { ...(json === undefined ? {} : { json }), ...(headers === undefined ? {} : { headers }) })
  return {
    url,
    request,
    get: (path, options) => request('GET', path, options),
    head: (path, options) => request('HEAD', path, options),
    delete: (path, options) => request('DELETE', path, options),
    post: withJson('POST'),
    put: withJson('PUT'),
    patch: withJson('PATCH'),
    list: (collection, parameters = {}) => request('GET', `/api/collections/${collection}${query(parameters)}`),
  }
}

function query(parameters: Readonly<Record<string, Parameter>>): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) {
    for (const one of typeof value === 'object' ? value : [value]) search.append(name, String(one))
  }
  return search.size === 0 ? '' : `?${search}`
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
