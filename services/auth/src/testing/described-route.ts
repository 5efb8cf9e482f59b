import type { Route, RouteResponse } from '@koyalite/kernel'
import { ZodType } from 'zod'

/** The same route; a response that is not as it says of itself is a failure. */
export function describedRoute(route: Route): Route {
  return {
    ...route,
    async handle(request) {
      const answer = await route.handle(request)
      await holdToDescription(route, answer)
      return answer
    },
  }
}

async function holdToDescription({ method, path, responses }: Route, answer: RouteResponse): Promise<void> {
  if (responses === undefined || 'webSocket' in answer) return
  const type = responses[answer.status]
  const what = `${method} ${path} → ${answer.status}`
  if (type === undefined) throw new Error(`${what} is not described`)
  const text = answer instanceof Response ? await answer.clone().text() : String(answer.body ?? '')
  if ((type === null) !== (text === ''))
    throw new Error(`${what} is described with a body it has not, or has without one`)
  if (!(type instanceof ZodType)) return
  const given: unknown = JSON.parse(text)
  const parsed = type.safeParse(given)
  if (!parsed.success) throw new Error(`${what}: ${parsed.error.message} in ${text}`)
  // What the description does not name is left out of what is parsed.
  if (!Bun.deepEquals(parsed.data, given)) throw new Error(`${what} has more than is described: ${text}`)
}
