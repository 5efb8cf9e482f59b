import type { Route } from '@koyalite/kernel'
import type { AuthContext } from '../auth-context'
import {
  listPasskeys,
  loginWithPasskey,
  passkeyLoginInput,
  passkeyOptions,
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
import { requireOperator } from '../operations/sign-in/require-actor'
import { named, withBody, withId } from './operation'
import * as answer from './response-schemas'
import { createAnswers } from './responses'

/** Codes of an authenticator app, recovery codes, and passkeys. */
export function secondFactorRoutes(context: AuthContext): readonly Route[] {
  const { accepted, empty, json, signIn } = createAnswers(context)
  return [
    {
      method: 'GET',
      path: '/api/auth/mfa',
      summary: 'Read the second factors of the caller',
      responses: { 200: answer.factorsAnswer },
      handle: json(200, totpState),
    },
    {
      method: 'POST',
      path: '/api/auth/mfa/totp/enroll',
      summary: 'Enroll an authenticator app; needs a fresh sign-in',
      responses: { 200: answer.totpOfferAnswer },
      handle: json(200, enrollTotp),
    },
    {
      method: 'POST',
      path: '/api/auth/mfa/totp/activate',
      summary: 'Activate the authenticator app; returns recovery codes',
      body: activateTotpInput,
      responses: { 200: answer.recoveryCodesAnswer },
      handle: json(200, withBody(activateTotpCode)),
    },
    {
      method: 'POST',
      path: '/api/auth/mfa/totp/verify',
      credentials: 'optional',
      summary: 'Complete a sign-in with the second factor',
      body: verifyTotpInput,
      responses: { 200: answer.refreshedAnswer },
      handle: signIn(200, withBody(verifyTotp)),
    },
    {
      method: 'POST',
      path: '/api/auth/mfa/totp/disable',
      summary: 'Disable the authenticator app',
      body: factorInput,
      responses: { 200: answer.acceptedAnswer },
      handle: accepted(withBody(disableTotp)),
    },
    {
      method: 'POST',
      path: '/api/auth/mfa/recovery-codes',
      summary: 'Create new recovery codes',
      body: factorInput,
      responses: { 200: answer.recoveryCodesAnswer },
      handle: json(200, withBody(renewRecoveryCodes)),
    },
    {
      method: 'POST',
      path: '/api/auth/passkeys/options',
      credentials: 'optional',
      summary: 'WebAuthn options to create a passkey (needs a fresh sign-in) or to sign in with one',
      body: passkeyOptionsInput,
      responses: { 200: answer.passkeyOptionsAnswer },
      handle: json(200, withBody(passkeyOptions)),
    },
    {
      method: 'POST',
      path: '/api/auth/passkeys/register',
      summary: 'Add a passkey',
      body: registerPasskeyInput,
      responses: { 201: answer.passkeyAnswer },
      handle: json(201, withBody(registerPasskey)),
    },
    {
      method: 'POST',
      path: '/api/auth/passkeys/login',
      credentials: 'optional',
      summary: 'Sign in with a passkey',
      body: passkeyLoginInput,
      responses: { 200: answer.signInAnswer },
      handle: signIn(200, withBody(loginWithPasskey)),
    },
    {
      method: 'GET',
      path: '/api/auth/passkeys',
      summary: 'List the passkeys of the caller',
      responses: { 200: answer.passkeysAnswer },
      handle: json(200, named('passkeys', listPasskeys)),
    },
    {
      method: 'DELETE',
      path: '/api/auth/passkeys/:id',
      summary: 'Remove a passkey; needs a fresh sign-in',
      responses: { 204: null },
      handle: empty(withId(removePasskey)),
    },
  ]
}

/** The same factors where an operator's cookie counts, which is under /api/admin/ only; for operators only. */
export function operatorFactorRoutes(context: AuthContext): readonly Route[] {
  return secondFactorRoutes(context)
    .filter(({ path }) => path.startsWith(`${USER_ROOT}/mfa`))
    .map((route) => ({
      ...route,
      path: route.path.replace(USER_ROOT, '/api/admin'),
      handle(request) {
        // Complete a sign-in with the second factor is made by nobody yet.
        if (route.credentials !== 'optional') requireOperator(request.actor)
        return route.handle(request)
      },
    }))
}

const USER_ROOT = '/api/auth'
