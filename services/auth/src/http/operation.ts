import type { ApiRequest } from '@koyalite/kernel'
import type { AuthContext, Visit } from '../auth-context'
import { bodyOr } from './body-or'

/** What a route runs. Operations take the context and who asks first; the functions here hand them the rest from the request. */
export type Operation<T> = (context: AuthContext, visit: Visit, request: ApiRequest) => T | Promise<T>

type Taking<Input extends readonly unknown[], T> = (
  context: AuthContext,
  visit: Visit,
  ...input: Input
) => T | Promise<T>

export function withBody<T>(operation: Taking<[unknown], T>): Operation<T> {
  return async (context, visit, request) => operation(context, visit, await request.json())
}

/** Where a request without a body is as good as one with an empty object. */
export function withOptionalBody<T>(operation: Taking<[unknown], T>): Operation<T> {
  return async (context, visit, request) => operation(context, visit, await bodyOr(request, {}))
}

export function withQuery<T>(operation: Taking<[URLSearchParams], T>): Operation<T> {
  return (context, visit, request) => operation(context, visit, request.query)
}

/** `:id` of the path. */
export function withId<T>(operation: Taking<[string], T>): Operation<T> {
  return (context, visit, request) => operation(context, visit, idOf(request))
}

export function withIdAndBody<T>(operation: Taking<[string, unknown], T>): Operation<T> {
  return async (context, visit, request) => operation(context, visit, idOf(request), await request.json())
}

export function withIdAndOptionalBody<T>(operation: Taking<[string, unknown], T>): Operation<T> {
  return async (context, visit, request) => operation(context, visit, idOf(request), await bodyOr(request, {}))
}

/** What an operation gives, as the one member of an object: room for more beside it. */
export function named<T>(name: string, operation: Operation<T>): Operation<Readonly<Record<string, T>>> {
  return async (...asked) => ({ [name]: await operation(...asked) })
}

function idOf(request: ApiRequest): string {
  return request.params.id ?? ''
}
