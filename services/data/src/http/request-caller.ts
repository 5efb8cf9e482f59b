import { OPERATORS_DATA } from '@koyalite/access'
import type { ApiRequest } from '@koyalite/kernel'
import type { ActionOrigin } from '../actions/action'
import { type Caller, createCaller } from '../caller'
import type { DataContext } from '../data-context'

/** Where the code of functions asks. */
const INTERNAL = '/internal/v1/'

/** @param actor by default who has sent it */
export function callerOf(context: DataContext, request: ApiRequest, actor = request.actor): Caller {
  const { time, method, ip, id } = request
  const caller = createCaller(context, actor, {
    time,
    method,
    ip,
    requestId: id,
    // Few rules look at headers: they are copied for those that do.
    get headers() {
      return Object.fromEntries(request.headers)
    },
  })
  if (request.path.startsWith(INTERNAL)) return { ...caller, note: context.noteOf(request.headers) }
  // What operators write there they may take back.
  if (actor.kind !== 'operator' || !request.path.startsWith(OPERATORS_DATA)) return caller
  return { ...caller, action: actionOf(request) }
}

/** A request as an action of whoever sent it. */
export function actionOf({ actor, method, path }: ApiRequest): ActionOrigin {
  const operator = actor.kind === 'operator' ? { id: actor.id, email: actor.email } : null
  return { operator, route: `${method} ${path}` }
}
