import type { Route } from '@koyalite/kernel'
import type { AuthContext } from '../auth-context'
import { createKey, listKeys, revokeKey } from '../operations/manage-keys'
import { createAnswers } from './answers'
import { named, withBody, withId } from './operation'

/** Service keys. */
export function keyRoutes(context: AuthContext): readonly Route[] {
  const { empty, json } = createAnswers(context)
  return [
    {
      method: 'GET',
      path: '/api/admin/keys',
      summary: 'Service keys, without their secrets',
      handle: json(200, named('keys', listKeys)),
    },
    {
      method: 'POST',
      path: '/api/admin/keys',
      summary: 'Make a service key; its secret is shown once',
      handle: json(201, withBody(createKey)),
    },
    {
      method: 'DELETE',
      path: '/api/admin/keys/:id',
      summary: 'Revoke a service key',
      handle: empty(withId(revokeKey)),
    },
  ]
}
