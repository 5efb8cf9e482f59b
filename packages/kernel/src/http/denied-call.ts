import type { DeniedCall } from '@koyalite/contracts'
import type { ApiRequest } from './route'

/** A request that rules refuse, or keep documents from. */
export function deniedCall(request: ApiRequest): DeniedCall {
  const { method, path, actor, ip, time, headers, isLocal } = request
  return { what: `${method} ${path}`, actor, method, ip, time, headers: Object.fromEntries(headers), isLocal }
}
