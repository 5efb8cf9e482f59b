import { operators } from '@koyalite/access'
import { ANYONE, type RouteAccess } from '@koyalite/contracts'
import { type Route, route } from '@koyalite/kernel'
import { type Person, people, requireUserInPerson, usersInPerson } from '../actors'
import type { AuthContext } from '../auth-context'
import { CREDENTIAL_LIMIT } from '../operations/second-factor/passkey-ceremony'
import {
  listPasskeys,
  loginWithPasskey,
  passkeyCreationOptions,
  passkeyLoginInput,
  passkeyLoginOptions,
  passkeyOptionsInput,
  registerPasskey,
  registerPasskeyInput,
  removePasskey,
} from '../operations/second-factor/passkeys'
import { verifyTotp, verifyTotpInput } from '../operations/second-factor/second-step'
import {
  activateTotpCode,
  activateTotpInput,
  disableTotp,
  enrollTotp,
  factorInput,
  renewRecoveryCodes,
  totpState,
} from '../operations/second-factor/totp'
import { accepted } from './accepted'
import { requestContext, requestContexts } from './request-context'
import * as response from './response-schemas'
import { opensSession, signInReply } from './sign-in-reply'

/** Codes of an authenticator app, recovery codes, and passkeys. */
export function secondFactorRoutes(context: AuthContext): readonly Route[] {
  return [...totpRoutes(context, '/api/auth/mfa', people), ...passkeyRoutes(context)]
}

/** The same codes where an operator's cookie counts, which is under /api/admin/ only; for operators only. */
export function operatorFactorRoutes(context: AuthContext): readonly Route[] {
  return totpRoutes(context, '/api/admin/mfa', operators)
}

function totpRoutes(
  context: AuthContext,
  root: '/api/auth/mfa' | '/api/admin/mfa',
  access: RouteAccess<Person>,
): readonly Route[] {
  const requestOf = requestContexts(context)
  const whose = root === '/api/admin/mfa' ? 'Operator' : ''
  return [
    route({
      method: 'GET',
      path: root,
      name: `get${whose}Factors`,
      summary: 'Read the second factors of the caller',
      access,
      responses: { 200: response.factors },
      handle: (call) => totpState(context, requestOf(call)),
    }),
    route({
      method: 'POST',
      path: `${root}/totp/enroll`,
      name: `enroll${whose}Totp`,
      summary: 'Enroll an authenticator app; needs a fresh sign-in',
      access,
      responses: { 200: response.totpOffer },
      handle: (call) => enrollTotp(context, requestOf(call)),
    }),
    route({
      method: 'POST',
      path: `${root}/totp/activate`,
      name: `activate${whose}Totp`,
      summary: 'Activate the authenticator app; returns recovery codes',
      access,
      body: activateTotpInput,
      responses: { 200: response.recoveryCodes },
      handle: (call) => activateTotpCode(context, requestOf(call), call.body),
    }),
    route({
      method: 'POST',
      path: `${root}/totp/verify`,
      name: `verify${whose}Totp`,
      summary: 'Complete a sign-in with the second factor',
      access: ANYONE,
      credentials: 'optional',
      ...opensSession(context),
      body: verifyTotpInput,
      responses: { 200: response.refreshed },
      handle: (call) => signInReply(context, call, 200, () => verifyTotp(context, requestOf(call), call.body)),
    }),
    route({
      method: 'POST',
      path: `${root}/totp/disable`,
      name: `disable${whose}Totp`,
      summary: 'Disable the authenticator app',
      access,
      body: factorInput,
      responses: { 200: response.accepted },
      handle: (call) => accepted(disableTotp(context, requestOf(call), call.body)),
    }),
    route({
      method: 'POST',
      path: `${root}/recovery-codes`,
      name: `renew${whose}RecoveryCodes`,
      summary: 'Create new recovery codes',
      access,
      body: factorInput,
      responses: { 200: response.recoveryCodes },
      handle: (call) => renewRecoveryCodes(context, requestOf(call), call.body),
    }),
  ]
}

function passkeyRoutes(context: AuthContext): readonly Route[] {
  const requestOf = requestContexts(context)
  return [
    route({
      method: 'POST',
      path: '/api/auth/passkeys/options',
      name: 'getPasskeyOptions',
      summary: 'WebAuthn options to create a passkey (needs a fresh sign-in) or to sign in with one',
      access: ANYONE,
      credentials: 'optional',
      body: passkeyOptionsInput,
      responses: { 200: response.passkeyOptions },
      async handle(call) {
        if (call.body.for === 'login') return { ...(await passkeyLoginOptions(context, requestOf(call))) }
        const actor = requireUserInPerson(call.actor)
        const request = requestContext(context, { actor, request: call.request })
        return { ...(await passkeyCreationOptions(context, request)) }
      },
    }),
    route({
      method: 'POST',
      path: '/api/auth/passkeys/register',
      name: 'registerPasskey',
      summary: 'Add a passkey',
      access: usersInPerson,
      body: registerPasskeyInput,
      bodyLimit: CREDENTIAL_LIMIT,
      responses: { 201: response.passkey },
      handle: (call) => registerPasskey(context, requestOf(call), call.body),
    }),
    route({
      method: 'POST',
      path: '/api/auth/passkeys/login',
      name: 'loginWithPasskey',
      summary: 'Sign in with a passkey',
      access: ANYONE,
      credentials: 'optional',
      ...opensSession(context),
      body: passkeyLoginInput,
      bodyLimit: CREDENTIAL_LIMIT,
      responses: { 200: response.signIn },
      handle: (call) => signInReply(context, call, 200, () => loginWithPasskey(context, requestOf(call), call.body)),
    }),
    route({
      method: 'GET',
      path: '/api/auth/passkeys',
      name: 'listPasskeys',
      summary: 'List the passkeys of the caller',
      access: usersInPerson,
      responses: { 200: response.passkeys },
      handle: (call) => ({ passkeys: listPasskeys(context, requestOf(call)) }),
    }),
    route({
      method: 'DELETE',
      path: '/api/auth/passkeys/:id',
      name: 'deletePasskey',
      summary: 'Remove a passkey; needs a fresh sign-in',
      access: usersInPerson,
      responses: { 204: null },
      handle: (call) => removePasskey(context, requestOf(call), call.params.id),
    }),
  ]
}
