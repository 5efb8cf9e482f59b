import type { ApiRequest, Route } from '@koyalite/kernel'
import { type AuthContext, type Visit, visitOf } from '../auth-context'
import { jsonAnswer, NO_CONTENT } from '../json-answer'
import { createKey, listKeys, revokeKey } from '../operations/manage-keys'

/** Service keys. */
export function keyRoutes(context: AuthContext): readonly Route[] {
  const visit = (request: ApiRequest): Visit => visitOf(context, request)
  return [
    {
      method: 'GET',
      path: '/api/admin/keys',
      summary: 'Service keys, without their secrets',
      handle: (request) => jsonAnswer(200, { keys: listKeys(context, visit(request)) }),
    },
    {
      method: 'POST',
      path: '/api/admin/keys',
      summary: 'Make a service key; its secret is shown once',
      handle: async (request) => jsonAnswer(201, await createKey(context, visit(request), await request.json())),
    },
    {
      method: 'DELETE',
      path: '/api/admin/keys/:id',
      summary: 'Revoke a service key',
      handle: async (request) => {
        await revokeKey(context, visit(request), request.params.id ?? '')
        return NO_CONTENT
      },
    },
  ]
}
