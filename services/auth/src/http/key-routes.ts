import type { Route } from '@koyalite/kernel'
import type { AuthContext } from '../auth-context'
import { rotateSecretKey, rotateSigningKey } from '../operations/keys/rotate-keys'
import { createKey, createKeyInput, listKeys, revokeKey } from '../operations/keys/service-keys'
import { named, withBody, withId } from './operation'
import * as answer from './response-schemas'
import { createAnswers } from './responses'

/** Service keys, and the keys that this server signs and seals with. */
export function keyRoutes(context: AuthContext): readonly Route[] {
  const { accepted, empty, json } = createAnswers(context)
  return [
    {
      method: 'GET',
      path: '/api/admin/keys',
      summary: 'List service keys, without their secrets',
      responses: { 200: answer.keysAnswer },
      handle: json(200, named('keys', listKeys)),
    },
    {
      method: 'POST',
      path: '/api/admin/keys',
      summary: 'Create a service key; the secret is shown only once',
      body: createKeyInput,
      responses: { 201: answer.createdKeyAnswer },
      handle: json(201, withBody(createKey)),
    },
    {
      method: 'DELETE',
      path: '/api/admin/keys/:id',
      summary: 'Revoke a service key',
      responses: { 204: null },
      handle: empty(withId(revokeKey)),
    },
    {
      method: 'POST',
      path: '/api/admin/signing-keys/rotate',
      summary: 'Rotate the key that signs access tokens',
      responses: { 201: answer.signingKeyAnswer },
      handle: json(201, rotateSigningKey),
    },
    {
      method: 'POST',
      path: '/api/admin/secret-keys/rotate',
      summary: 'Rotate the key that encrypts stored secrets',
      responses: { 200: answer.acceptedAnswer },
      handle: accepted(rotateSecretKey),
    },
  ]
}
