import type { ApiRequest, Route } from '@koyalite/kernel'
import { type AuthContext, type Visit, visitOf } from '../auth-context'
import { ACCEPTED } from '../json-answer'
import { confirmEmailChange, requestEmailChange } from '../operations/change-email'
import { changePassword } from '../operations/change-password'
import { requestOtp, verifyOtp } from '../operations/email-otp'
import { magicLink } from '../operations/magic-link'
import { forgotPassword, resetPassword } from '../operations/password-reset'
import { resendVerification, verifyEmail } from '../operations/prove-email'
import { bodyOr } from './body-or'
import { signInAnswer, wantsCookies } from './sign-in-answer'

/** Passwords, and what is done by mail. */
export function mailFlowRoutes(context: AuthContext): readonly Route[] {
  const visit = (request: ApiRequest): Visit => visitOf(context, request)
  const accepted =
    (operation: (context: AuthContext, visit: Visit, input: unknown) => Promise<void>): Route['handle'] =>
    async (request) => {
      await operation(context, visit(request), await bodyOr(request, {}))
      return ACCEPTED
    }
  return [
    {
      method: 'POST',
      path: '/api/auth/password/forgot',
      summary: 'Ask for a link to choose a new password',
      handle: accepted(forgotPassword),
    },
    {
      method: 'POST',
      path: '/api/auth/password/reset',
      summary: 'Choose a new password under a link',
      handle: accepted(resetPassword),
    },
    {
      method: 'POST',
      path: '/api/auth/password/change',
      summary: 'Change the password, knowing the current one',
      handle: accepted(changePassword),
    },
    {
      method: 'POST',
      path: '/api/auth/email/verify',
      summary: 'Prove an address under a link',
      handle: accepted(verifyEmail),
    },
    {
      method: 'POST',
      path: '/api/auth/email/resend',
      summary: 'Ask for that link again',
      handle: accepted(resendVerification),
    },
    {
      method: 'POST',
      path: '/api/auth/email/change',
      summary: 'Ask for another address',
      handle: accepted(requestEmailChange),
    },
    {
      method: 'POST',
      path: '/api/auth/email/confirm',
      summary: 'Use the new address, under a link',
      handle: accepted(confirmEmailChange),
    },
    {
      method: 'POST',
      path: '/api/auth/magic-link',
      summary: 'Ask for a link that signs in, or sign in with its token',
      handle: async (request) => {
        const signIn = await magicLink(context, visit(request), await request.json())
        return signIn === null ? ACCEPTED : signInAnswer(context, 200, signIn, wantsCookies(request))
      },
    },
    {
      method: 'POST',
      path: '/api/auth/otp/request',
      summary: 'Ask for a code that signs in',
      handle: accepted(requestOtp),
    },
    {
      method: 'POST',
      path: '/api/auth/otp/verify',
      summary: 'Sign in with a code',
      handle: async (request) =>
        signInAnswer(
          context,
          200,
          await verifyOtp(context, visit(request), await request.json()),
          wantsCookies(request),
        ),
    },
  ]
}
