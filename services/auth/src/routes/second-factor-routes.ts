import type { Route } from '@koyalite/kernel'
import type { AuthContext } from '../auth-context'
import { listPasskeys, loginWithPasskey, passkeyOptions, registerPasskey, removePasskey } from '../operations/passkeys'
import {
  activateTotpCode,
  disableTotp,
  enrollTotp,
  renewRecoveryCodes,
  totpState,
  verifyTotp,
} from '../operations/totp'
import { createAnswers } from './answers'
import { named, withBody, withId } from './operation'

/** Codes of an authenticator app, recovery codes, and passkeys. */
export function secondFactorRoutes(context: AuthContext): readonly Route[] {
  const { accepted, empty, json, signIn } = createAnswers(context)
  return [
    {
      method: 'GET',
      path: '/api/auth/mfa',
      summary: 'Which second factors the caller has',
      handle: json(200, totpState),
    },
    {
      method: 'POST',
      path: '/api/auth/mfa/totp/enroll',
      summary: 'A secret for an authenticator app',
      handle: json(200, enrollTotp),
    },
    {
      method: 'POST',
      path: '/api/auth/mfa/totp/activate',
      summary: 'Ask for codes from now on; gives recovery codes',
      handle: json(200, withBody(activateTotpCode)),
    },
    {
      method: 'POST',
      path: '/api/auth/mfa/totp/verify',
      summary: 'The second step of a sign-in',
      handle: signIn(200, withBody(verifyTotp)),
    },
    {
      method: 'POST',
      path: '/api/auth/mfa/totp/disable',
      summary: 'Ask for no codes any more',
      handle: accepted(withBody(disableTotp)),
    },
    {
      method: 'POST',
      path: '/api/auth/mfa/recovery-codes',
      summary: 'New recovery codes',
      handle: json(200, withBody(renewRecoveryCodes)),
    },
    {
      method: 'POST',
      path: '/api/auth/passkeys/options',
      summary: 'What the browser needs to make or use a passkey',
      handle: json(200, withBody(passkeyOptions)),
    },
    {
      method: 'POST',
      path: '/api/auth/passkeys/register',
      summary: 'Add a passkey',
      handle: json(201, withBody(registerPasskey)),
    },
    {
      method: 'POST',
      path: '/api/auth/passkeys/login',
      summary: 'Sign in with a passkey',
      handle: signIn(200, withBody(loginWithPasskey)),
    },
    {
      method: 'GET',
      path: '/api/auth/passkeys',
      summary: "The caller's passkeys",
      handle: json(200, named('passkeys', listPasskeys)),
    },
    {
      method: 'DELETE',
      path: '/api/auth/passkeys/:id',
      summary: 'Remove a passkey',
      handle: empty(withId(removePasskey)),
    },
  ]
}
