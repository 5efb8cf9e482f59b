import type { Ctx } from '../ctx'
import type { FunctionDefinition } from '../define-function'
import { bytesAsText } from './bytes-as-text'

const JSON_HEADERS = { 'content-type': 'application/json' }

/** Rejects with what the handler throws. */
export async function answerTyped(
  { handler }: FunctionDefinition,
  { request, ctx }: { readonly request: Request; readonly ctx: Ctx },
): Promise<Response> {
  const text = await request.text()
  const output = await handler(text === '' ? undefined : JSON.parse(text), ctx)
  if (output === undefined) return new Response(null, { status: 204 })
  if (output instanceof Response) {
    throw new TypeError('the handler of defineFunction returned a Response: export a function (request, ctx) instead')
  }
  const answer = JSON.stringify(output, bytesAsText)
  if (answer === undefined) throw new TypeError(`the handler returned a ${typeof output}, which JSON does not have`)
  return new Response(answer, { headers: JSON_HEADERS })
}
