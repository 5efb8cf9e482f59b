import { users, usersAndOperators } from '@koyalite/access'
import { ANYONE } from '@koyalite/contracts'
import { JsonText, type Route, reply, route } from '@koyalite/kernel'
import { usersInPerson } from '../actors'
import type { AuthContext } from '../auth-context'
import { changeOwnProfile, getOwnProfile } from '../operations/accounts/own-profile'
import { register, registerInput } from '../operations/accounts/register'
import { registerAnonymous } from '../operations/accounts/register-anonymous'
import { userFieldsInput } from '../operations/inputs'
import { CREDENTIAL_LIMIT } from '../operations/second-factor/passkey-ceremony'
import { endOtherSessions, endOwnSession, listOwnSessions } from '../operations/sessions/own-sessions'
import { login, loginInput } from '../operations/sign-in/login'
import { reauthenticate, reauthenticateInput } from '../operations/sign-in/reauthenticate'
import { requestContexts } from './request-context'
import * as response from './response-schemas'
import { opensSession, signInReply } from './sign-in-reply'

/** Signing up and in, and the signed-in caller. */
export function accountRoutes(context: AuthContext): readonly Route[] {
  const requestOf = requestContexts(context)
  return [
    route({
      method: 'POST',
      path: '/api/auth/register',
      name: 'register',
      summary: 'Create an account and sign in; 202 if the account is created by an emailed link (auth.enumeration)',
      access: ANYONE,
      credentials: 'optional',
      ...opensSession(context),
      body: registerInput,
      responses: { 200: response.mfaQuestion, 201: response.session, 202: response.verificationRequired },
      async handle(call) {
        const registered = await register(context, requestOf(call), call.body)
        if (registered.kind === 'verification_required') return reply(202, { verification_required: true } as const)
        return signInReply(context, call, 201, async () => registered)
      },
    }),
    route({
      method: 'POST',
      path: '/api/auth/anonymous',
      name: 'registerAnonymous',
      summary: 'Sign in anonymously',
      access: ANYONE,
      credentials: 'optional',
      ...opensSession(context),
      body: userFieldsInput,
      responses: { 200: response.mfaQuestion, 201: response.session },
      handle: (call) => signInReply(context, call, 201, () => registerAnonymous(context, requestOf(call), call.body)),
    }),
    route({
      method: 'POST',
      path: '/api/auth/login',
      name: 'login',
      summary: 'Sign in with email address and password',
      access: ANYONE,
      credentials: 'optional',
      ...opensSession(context),
      body: loginInput,
      responses: { 200: response.signIn },
      handle: (call) => signInReply(context, call, 200, () => login(context, requestOf(call), call.body)),
    }),
    route({
      method: 'GET',
      path: '/api/auth/me',
      name: 'getMe',
      summary: 'Read the signed-in user or operator',
      access: usersAndOperators,
      responses: { 200: response.me },
      handle: async (call) => new JsonText(await getOwnProfile(context, requestOf(call))),
    }),
    route({
      method: 'PATCH',
      path: '/api/auth/me',
      name: 'updateMe',
      summary: 'Update the signed-in user',
      access: users,
      body: userFieldsInput,
      responses: { 200: response.user },
      handle: async (call) => new JsonText(await changeOwnProfile(context, requestOf(call), call.body)),
    }),
    route({
      method: 'POST',
      path: '/api/auth/reauthenticate',
      name: 'reauthenticate',
      summary: 'Confirm your identity again, as required to change credentials',
      access: usersInPerson,
      body: reauthenticateInput,
      bodyLimit: CREDENTIAL_LIMIT,
      responses: { 200: response.fresh },
      handle: (call) => reauthenticate(context, requestOf(call), call.body),
    }),
    route({
      method: 'GET',
      path: '/api/auth/sessions',
      name: 'listMySessions',
      summary: 'List your open sessions',
      access: usersAndOperators,
      responses: { 200: response.sessions },
      handle: (call) => ({ sessions: listOwnSessions(context, requestOf(call)) }),
    }),
    route({
      method: 'DELETE',
      path: '/api/auth/sessions',
      name: 'endMyOtherSessions',
      summary: 'End all your other sessions',
      access: usersAndOperators,
      responses: { 200: response.ended },
      handle: async (call) => ({ ended: await endOtherSessions(context, requestOf(call)) }),
    }),
    route({
      method: 'DELETE',
      path: '/api/auth/sessions/:id',
      name: 'endMySession',
      summary: 'End a session',
      access: usersAndOperators,
      responses: { 204: null },
      handle: (call) => endOwnSession(context, requestOf(call), call.params.id),
    }),
    route({
      method: 'GET',
      path: '/.well-known/jwks.json',
      name: 'getJwks',
      summary: 'Public keys that verify access tokens',
      access: ANYONE,
      credentials: 'none',
      responses: { 200: response.publicKeys },
      handle: () => reply(200, publicKeys(context), { headers: { 'cache-control': 'public, max-age=300' } }),
    }),
  ]
}

/** With a shared secret there are none. */
function publicKeys({ settings, runtime }: AuthContext): JsonText {
  const keys = settings.auth.jwt.secret === null ? runtime.signingKeys.publicKeys() : []
  return new JsonText(JSON.stringify({ keys }))
}
