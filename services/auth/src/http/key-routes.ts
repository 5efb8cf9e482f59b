import { admin } from '@koyalite/access'
import { type Route, route } from '@koyalite/kernel'
import { KEYS_AREA, SIGNING_KEYS_AREA } from '../admin-areas'
import type { AuthContext } from '../auth-context'
import { rotateSecretKey, rotateSigningKey } from '../operations/keys/rotate-keys'
import { createKey, createKeyInput, listKeys, revokeKey } from '../operations/keys/service-keys'
import { accepted } from './accepted'
import { requestContexts } from './request-context'
import * as response from './response-schemas'

/** Service keys, and the keys that this server signs and seals with. */
export function keyRoutes(context: AuthContext): readonly Route[] {
  const requestOf = requestContexts(context)
  return [
    route({
      method: 'GET',
      path: '/api/admin/keys',
      name: 'listKeys',
      summary: 'List service keys, without their secrets',
      access: admin(KEYS_AREA, 'read'),
      query: response.keys.query,
      responses: { 200: response.keys.response },
      handle: ({ query }) => listKeys(context, query),
    }),
    route({
      method: 'POST',
      path: '/api/admin/keys',
      name: 'createKey',
      summary: 'Create a service key; the secret is shown only once',
      access: admin(KEYS_AREA, 'write'),
      body: createKeyInput,
      responses: { 201: response.createdKey },
      handle: (call) => createKey(context, requestOf(call), call.body),
    }),
    route({
      method: 'DELETE',
      path: '/api/admin/keys/:id',
      name: 'revokeKey',
      summary: 'Revoke a service key',
      access: admin(KEYS_AREA, 'write'),
      responses: { 204: null },
      handle: (call) => revokeKey(context, requestOf(call), call.params.id),
    }),
    route({
      method: 'POST',
      path: '/api/admin/signing-keys/rotate',
      name: 'rotateSigningKey',
      summary: 'Rotate the key that signs access tokens',
      access: admin(SIGNING_KEYS_AREA, 'write'),
      responses: { 201: response.signingKey },
      handle: (call) => rotateSigningKey(context, requestOf(call)),
    }),
    route({
      method: 'POST',
      path: '/api/admin/secret-keys/rotate',
      name: 'rotateSecretKey',
      summary: 'Rotate the key that encrypts stored secrets',
      access: admin(SIGNING_KEYS_AREA, 'write'),
      responses: { 200: response.accepted },
      handle: (call) => accepted(rotateSecretKey(context, requestOf(call))),
    }),
  ]
}
