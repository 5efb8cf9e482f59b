import type { Actor } from '@koyalite/contracts'
import type { ApiRequest } from '@koyalite/kernel'
import type { AuthContext, RequestContext } from '../auth-context'

/** A call of a route: whom its access has let in, and the request. */
export interface Call<A extends Actor = Actor> {
  readonly actor: A
  readonly request: ApiRequest
}

/** What an operation takes of a request. */
export function requestContext<A extends Actor>(
  { runtime }: AuthContext,
  { actor, request }: Call<A>,
): RequestContext<A> {
  return {
    actor,
    ip: request.ip,
    userAgent: request.headers.get('user-agent')?.slice(0, 300) ?? null,
    requestId: request.id,
    time: runtime.now(),
    reportRateLimit: (state) => request.reportRateLimit(state),
    isUnlimited: request.isUnlimited,
  }
}

/** `requestContext` for the routes of a service. */
export function requestContexts(context: AuthContext): <A extends Actor>(call: Call<A>) => RequestContext<A> {
  return (call) => requestContext(context, call)
}
