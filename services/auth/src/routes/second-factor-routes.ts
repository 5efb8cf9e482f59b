import type { ApiRequest, Route } from '@koyalite/kernel'
import { type AuthContext, type Visit, visitOf } from '../auth-context'
import { ACCEPTED, jsonAnswer, NO_CONTENT } from '../json-answer'
import { listPasskeys, loginWithPasskey, passkeyOptions, registerPasskey, removePasskey } from '../operations/passkeys'
import {
  activateTotpCode,
  disableTotp,
  enrollTotp,
  renewRecoveryCodes,
  totpState,
  verifyTotp,
} from '../operations/totp'
import { signInAnswer, wantsCookies } from './sign-in-answer'

/** Codes of an authenticator app, recovery codes, and passkeys. */
export function secondFactorRoutes(context: AuthContext): readonly Route[] {
  const visit = (request: ApiRequest): Visit => visitOf(context, request)
  return [
    {
      method: 'GET',
      path: '/api/auth/mfa',
      summary: 'Which second factors the caller has',
      handle: (request) => jsonAnswer(200, totpState(context, visit(request))),
    },
    {
      method: 'POST',
      path: '/api/auth/mfa/totp/enroll',
      summary: 'A secret for an authenticator app',
      handle: async (request) => jsonAnswer(200, await enrollTotp(context, visit(request))),
    },
    {
      method: 'POST',
      path: '/api/auth/mfa/totp/activate',
      summary: 'Ask for codes from now on; gives recovery codes',
      handle: async (request) => jsonAnswer(200, await activateTotpCode(context, visit(request), await request.json())),
    },
    {
      method: 'POST',
      path: '/api/auth/mfa/totp/verify',
      summary: 'The second step of a sign-in',
      handle: async (request) =>
        signInAnswer(
          context,
          200,
          await verifyTotp(context, visit(request), await request.json()),
          wantsCookies(request),
        ),
    },
    {
      method: 'POST',
      path: '/api/auth/mfa/totp/disable',
      summary: 'Ask for no codes any more',
      handle: async (request) => {
        await disableTotp(context, visit(request), await request.json())
        return ACCEPTED
      },
    },
    {
      method: 'POST',
      path: '/api/auth/mfa/recovery-codes',
      summary: 'New recovery codes',
      handle: async (request) =>
        jsonAnswer(200, await renewRecoveryCodes(context, visit(request), await request.json())),
    },
    {
      method: 'POST',
      path: '/api/auth/passkeys/options',
      summary: 'What the browser needs to make or use a passkey',
      handle: async (request) => jsonAnswer(200, await passkeyOptions(context, visit(request), await request.json())),
    },
    {
      method: 'POST',
      path: '/api/auth/passkeys/register',
      summary: 'Add a passkey',
      handle: async (request) => jsonAnswer(201, await registerPasskey(context, visit(request), await request.json())),
    },
    {
      method: 'POST',
      path: '/api/auth/passkeys/login',
      summary: 'Sign in with a passkey',
      handle: async (request) =>
        signInAnswer(
          context,
          200,
          await loginWithPasskey(context, visit(request), await request.json()),
          wantsCookies(request),
        ),
    },
    {
      method: 'GET',
      path: '/api/auth/passkeys',
      summary: "The caller's passkeys",
      handle: (request) => jsonAnswer(200, { passkeys: listPasskeys(context, visit(request)) }),
    },
    {
      method: 'DELETE',
      path: '/api/auth/passkeys/:id',
      summary: 'Remove a passkey',
      handle: async (request) => {
        await removePasskey(context, visit(request), request.params.id ?? '')
        return NO_CONTENT
      },
    },
  ]
}
