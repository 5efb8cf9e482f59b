import { ANYONE } from '@koyalite/contracts'
import type { ApiRequest, Route } from './route'

/** Who may use a route, where that depends on more than the actor. */
export interface RequestAccess extends Pick<Route, 'access'> {
  readonly credentials: NonNullable<Route['credentials']>
  /** Throws UNAUTHENTICATED, FORBIDDEN. */
  checkRequest(request: ApiRequest): void
}

export const EVERYONE: RequestAccess = { access: ANYONE, credentials: 'none', checkRequest() {} }
