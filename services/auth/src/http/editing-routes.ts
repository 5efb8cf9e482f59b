import { operators } from '@koyalite/access'
import { type Route, route } from '@koyalite/kernel'
import type { AuthContext } from '../auth-context'
import { editingLock, lockEditing, unlockEditing } from '../operations/operators/editing-lock'
import { requestContexts } from './request-context'
import * as response from './response-schemas'

const PATH = '/api/admin/session/editing'

/** The lock of production: a browser changes documents only for a while after somebody has meant it. */
export function editingRoutes(context: AuthContext): readonly Route[] {
  const requestOf = requestContexts(context)
  return [
    route({
      method: 'GET',
      path: PATH,
      name: 'getEditingLock',
      summary: 'Read whether the session of the caller may change documents in production',
      access: operators,
      responses: { 200: response.editingLock },
      handle: (call) => editingLock(context, requestOf(call)),
    }),
    route({
      method: 'POST',
      path: PATH,
      name: 'unlockEditing',
      summary: 'Unlock documents of production for 15 minutes, for the session of the caller',
      access: operators,
      responses: { 200: response.editingLock },
      handle: (call) => unlockEditing(context, requestOf(call)),
    }),
    route({
      method: 'DELETE',
      path: PATH,
      name: 'lockEditing',
      summary: 'Lock documents of production again',
      access: operators,
      responses: { 200: response.editingLock },
      handle: (call) => lockEditing(context, requestOf(call)),
    }),
  ]
}
