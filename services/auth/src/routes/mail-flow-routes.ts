import type { Route } from '@koyalite/kernel'
import type { AuthContext } from '../auth-context'
import { confirmEmailChange, requestEmailChange } from '../operations/change-email'
import { changePassword } from '../operations/change-password'
import { requestOtp, verifyOtp } from '../operations/email-otp'
import { magicLink } from '../operations/magic-link'
import { forgotPassword, resetPassword } from '../operations/password-reset'
import { resendVerification, verifyEmail } from '../operations/prove-email'
import { createAnswers } from './answers'
import { withBody, withOptionalBody } from './operation'

/** Passwords, and what is done by mail. */
export function mailFlowRoutes(context: AuthContext): readonly Route[] {
  const { accepted, signIn } = createAnswers(context)
  return [
    {
      method: 'POST',
      path: '/api/auth/password/forgot',
      summary: 'Ask for a link to choose a new password',
      handle: accepted(withOptionalBody(forgotPassword)),
    },
    {
      method: 'POST',
      path: '/api/auth/password/reset',
      summary: 'Choose a new password under a link',
      handle: accepted(withOptionalBody(resetPassword)),
    },
    {
      method: 'POST',
      path: '/api/auth/password/change',
      summary: 'Change the password, knowing the current one',
      handle: accepted(withOptionalBody(changePassword)),
    },
    {
      method: 'POST',
      path: '/api/auth/email/verify',
      summary: 'Prove an address under a link',
      handle: accepted(withOptionalBody(verifyEmail)),
    },
    {
      method: 'POST',
      path: '/api/auth/email/resend',
      summary: 'Ask for that link again',
      handle: accepted(withOptionalBody(resendVerification)),
    },
    {
      method: 'POST',
      path: '/api/auth/email/change',
      summary: 'Ask for another address',
      handle: accepted(withOptionalBody(requestEmailChange)),
    },
    {
      method: 'POST',
      path: '/api/auth/email/confirm',
      summary: 'Use the new address, under a link',
      handle: accepted(withOptionalBody(confirmEmailChange)),
    },
    {
      method: 'POST',
      path: '/api/auth/magic-link',
      summary: 'Ask for a link that signs in, or sign in with its token',
      handle: signIn(200, withBody(magicLink)),
    },
    {
      method: 'POST',
      path: '/api/auth/otp/request',
      summary: 'Ask for a code that signs in',
      handle: accepted(withOptionalBody(requestOtp)),
    },
    {
      method: 'POST',
      path: '/api/auth/otp/verify',
      summary: 'Sign in with a code',
      handle: signIn(200, withBody(verifyOtp)),
    },
  ]
}
