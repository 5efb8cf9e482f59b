import { inCall, openCall } from './call'
import { CALL_HEADER, type CallInfo, readCallInfo } from './call-info'
import type { Calls } from './calls'
import { createCtx, type HostFacts } from './create-ctx'
import type { Answer } from './engines/engine'
import { failureResponse } from './failure-response'
import type { LoadedFunction } from './load-function'
import { answerRaw } from './raw-call'
import type { ServerFetch } from './server-connection'
import { answerTyped } from './typed-call'

export interface CallOptions {
  readonly server: ServerFetch
  readonly calls: Calls
  readonly loaded: LoadedFunction
  /** Known once the server has taken the instance: it may call before that is known here. */
  readonly facts: Promise<HostFacts>
}

/** What the server sends: calls, and that nobody waits for one any more. */
export function answerCalls(options: CallOptions): Answer {
  return (request, gone) => answer(request, gone, options)
}

async function answer(
  request: Request,
  gone: AbortSignal,
  { server, calls, loaded, facts }: CallOptions,
): Promise<Response> {
  if (!request.headers.has(CALL_HEADER) && new URL(request.url).pathname === '/cancel') {
    const { execution } = (await request.json()) as { readonly execution: string }
    calls.cancel(execution)
    return new Response(null, { status: 204 })
  }
  let info: CallInfo
  try {
    info = readCallInfo(request.headers)
  } catch (error) {
    const message = `${CALL_HEADER} is not that of a call: ${error}`
    return Response.json({ error: { code: 'INVALID_REQUEST', message, details: [] } }, { status: 400 })
  }
  const opened = openCall(info, { server, gone })
  const { call } = opened
  calls.add(opened)
  const ctx = createCtx(call, await facts)
  const run = () =>
    loaded.kind === 'typed'
      ? answerTyped(loaded.definition, { request, call, ctx })
      : answerRaw(loaded.handle, { request, info, ctx })
  const response = await inCall(call, run).catch((error) => failureResponse(error, info))
  opened.answered()
  await call.log.flush()
  calls.ended(call)
  return response
}
