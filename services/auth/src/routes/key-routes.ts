import type { Route } from '@koyalite/kernel'
import type { KeyContext } from '../key-context'
import { createKey, listKeys, revokeKey } from '../operations/manage-keys'

export function keyRoutes(context: KeyContext): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/api/admin/keys',
      handle: (request) => json(200, { keys: listKeys(context, request.actor) }),
    },
    {
      method: 'POST',
      path: '/api/admin/keys',
      handle: async (request) => json(201, await createKey(context, request.actor, await request.json())),
    },
    {
      method: 'DELETE',
      path: '/api/admin/keys/:id',
      handle: async (request) => {
        await revokeKey(context, request.actor, request.params.id ?? '')
        return { status: 204, body: null, headers: {} }
      },
    },
  ]
}

function json(status: number, value: unknown) {
  return { status, body: JSON.stringify(value), headers: {} }
}
