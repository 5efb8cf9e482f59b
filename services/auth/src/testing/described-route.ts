import type { Route, RouteResponse } from '@koyalite/kernel'
import { ZodType } from 'zod'

/** The same route; a response that is not as it says of itself is a failure. */
export function describedRoute(route: Route): Route {
  return {
    ...route,
    async handle(request) {
      const response = await route.handle(request)
      await holdToDescription(route, response)
      return response
    },
  }
}

async function holdToDescription({ method, path, responses }: Route, response: RouteResponse): Promise<void> {
  if (responses === undefined || 'webSocket' in response) return
  const type = responses[response.status]
  const what = `${method} ${path} → ${response.status}`
  if (type === undefined) throw new Error(`${what} is not described`)
  const text = response instanceof Response ? await response.clone().text() : String(response.body ?? '')
  if ((type === null) !== (text === ''))
    throw new Error(`${what} is described with a body it has not, or has without one`)
  if (!(type instanceof ZodType)) return
  const given: unknown = JSON.parse(text)
  const parsed = type.safeParse(given)
  if (!parsed.success) throw new Error(`${what}: ${parsed.error.message} in ${text}`)
  // What the description does not name is left out of what is parsed.
  if (!Bun.deepEquals(parsed.data, given)) throw new Error(`${what} has more than is described: ${text}`)
}
