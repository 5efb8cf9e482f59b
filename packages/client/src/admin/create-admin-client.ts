import { ADMIN_OPERATIONS, type AdminClient } from './admin-api'
import { errorOf } from './admin-api-error'
import type { AdminOperation, CallOptions, RawBody } from './operation'

export interface AdminClientOptions {
  /** The server's address; absent in a page of the server itself. */
  readonly url?: string
  /** An operator's access token, or a service key. Asked for each request. Absent where a cookie signs in. */
  readonly token?: string | (() => string | null | Promise<string | null>)
  /** More headers of each request: the CSRF token of cookie mode. */
  readonly headers?: () => Readonly<Record<string, string>>
  readonly fetch?: (request: Request) => Response | Promise<Response>
}

interface CallInput {
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, unknown>>
  readonly body?: unknown
}

/** The admin API, one method per route. Each throws an AdminApiError for an error response. */
export function createAdminClient(options: AdminClientOptions): AdminClient {
  const methods = Object.entries(ADMIN_OPERATIONS).map(([name, operation]) => [
    name,
    (input?: CallInput, callOptions?: CallOptions) => call(options, operation, { ...input, ...callOptions }),
  ])
  // The table and the interface are written from the same routes.
  return Object.fromEntries(methods) as AdminClient
}

async function call(
  { url = '', token, headers, fetch = globalThis.fetch }: AdminClientOptions,
  operation: AdminOperation,
  { params = {}, query = {}, body, signal }: CallInput & CallOptions,
): Promise<unknown> {
  const address = `${url.replace(/\/+$/, '')}${pathOf(operation.path, params)}${queryOf(query)}`
  const bearer = typeof token === 'function' ? await token() : token
  const bodyType = operation.bodyType ?? 'application/json'
  const request = new Request(address, {
    method: operation.method,
    headers: {
      ...(bearer === undefined || bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
      ...(body === undefined ? {} : { 'content-type': bodyType }),
      ...headers?.(),
    },
    ...(body === undefined ? {} : bodyOf(operation, body)),
    ...(signal === undefined ? {} : { signal }),
  })
  const response = await fetch(request)
  if (!response.ok) throw await errorOf(response)
  if (operation.response === 'raw') return response
  return response.status === 204 ? undefined : response.json()
}

function bodyOf({ bodyType }: AdminOperation, body: unknown): RequestInit {
  if (bodyType === undefined) return { body: JSON.stringify(body) }
  // Browsers and Node refuse a stream without it.
  if (body instanceof ReadableStream) return { body, duplex: 'half' } as RequestInit
  return { body: body as RawBody }
}

/** An empty segment would make it another route: that of the list, say. */
function pathOf(path: string, params: Readonly<Record<string, string>>): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = params[name]
    if (value === undefined || value === '') throw new TypeError(`the parameter '${name}' of ${path} is empty`)
    return encodeURIComponent(value)
  })
}

function queryOf(query: Readonly<Record<string, unknown>>): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined) parameters.append(name, String(one))
    }
  }
  const text = parameters.toString()
  return text === '' ? '' : `?${text}`
}
