import type { ApiRequest } from '@koyalite/kernel'
import { type Caller, createCaller } from '../caller'
import type { DataContext } from '../data-context'

export function callerOf(context: DataContext, request: ApiRequest): Caller {
  const { actor, time, method, ip, id } = request
  return createCaller(context, actor, {
    time,
    method,
    ip,
    requestId: id,
    // Few rules look at headers: they are copied for those that do.
    get headers() {
      return Object.fromEntries(request.headers)
    },
  })
}
