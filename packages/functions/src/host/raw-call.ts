import type { Ctx } from '../ctx'
import { CALL_HEADER, type CallInfo } from './call-info'
import type { RawHandler } from './load-function'

/** The answer streams: it has only begun when this resolves. Rejects with what is thrown before. */
export async function answerRaw(
  handle: RawHandler,
  { request, info, ctx }: { readonly request: Request; readonly info: CallInfo; readonly ctx: Ctx },
): Promise<Response> {
  const response = await handle(outerRequest(request, { info, signal: ctx.signal }), ctx)
  if (!(response instanceof Response)) {
    throw new TypeError(`a function of (request, ctx) returns a Response, and this one returned ${typeName(response)}`)
  }
  return withoutOurHeaders(response)
}

/** As the caller sent it: to the address that the caller knows. */
function outerRequest(request: Request, { info, signal }: { info: CallInfo; signal: AbortSignal }): Request {
  const outer = new URL(info.request.url)
  const { pathname, search } = new URL(request.url)
  const headers = new Headers(request.headers)
  headers.delete(CALL_HEADER)
  headers.set('host', outer.host)
  const { method, body } = request
  return new Request(`${outer.origin}${pathname}${search}`, { method, headers, body, signal, ...{ duplex: 'half' } })
}

/** Headers by which the server and the host speak to each other. */
function withoutOurHeaders(response: Response): Response {
  const ours = [...response.headers.keys()].filter((name) => name.startsWith('koyalite-'))
  if (ours.length === 0) return response
  const headers = new Headers(response.headers)
  for (const name of ours) headers.delete(name)
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers })
}

function typeName(value: unknown): string {
  return value === null ? 'null' : typeof value === 'object' ? 'another object' : typeof value
}
