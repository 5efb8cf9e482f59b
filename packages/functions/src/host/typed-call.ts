import type { Ctx } from '../ctx'
import type { FunctionDefinition } from '../define-function'
import { bytesAsText } from './bytes-as-text'
import type { Call } from './call'

const JSON_HEADERS = { 'content-type': 'application/json' }

/** Rejects with what the handler throws. */
export async function answerTyped(
  { handler }: FunctionDefinition,
  { request, call, ctx }: { readonly request: Request; readonly call: Call; readonly ctx: Ctx },
): Promise<Response> {
  const text = await request.text()
  const input = text === '' ? undefined : JSON.parse(text)
  if (call.info.event) call.event = input
  const output = await handler(input, ctx)
  if (output === undefined) return new Response(null, { status: 204 })
  if (output instanceof Response) {
    throw new TypeError('the handler of defineFunction returned a Response: export a function (request, ctx) instead')
  }
  const answer = JSON.stringify(output, bytesAsText)
  if (answer === undefined) throw new TypeError(`the handler returned a ${typeof output}, which JSON does not have`)
  return new Response(answer, { headers: JSON_HEADERS })
}
