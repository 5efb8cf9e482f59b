import type { Route } from '@koyalite/kernel'
import type { AuthContext } from '../auth-context'
import {
  changeEmailInput,
  confirmEmailChange,
  confirmEmailInput,
  requestEmailChange,
} from '../operations/accounts/change-email'
import { changePassword, changePasswordInput } from '../operations/accounts/change-password'
import { forgotInput, forgotPassword, resetInput, resetPassword } from '../operations/accounts/password-reset'
import { resendInput, resendVerification, verifyEmail, verifyEmailInput } from '../operations/accounts/prove-email'
import { otpRequestInput, otpVerifyInput, requestOtp, verifyOtp } from '../operations/sign-in/email-otp'
import { magicLink, magicLinkInput } from '../operations/sign-in/magic-link'
import { withBody, withOptionalBody } from './operation'
import * as answer from './response-schemas'
import { createAnswers } from './responses'

/** Passwords, and what is done by mail. */
export function mailFlowRoutes(context: AuthContext): readonly Route[] {
  const { accepted, signIn } = createAnswers(context)
  return [
    {
      method: 'POST',
      path: '/api/auth/password/forgot',
      credentials: 'optional',
      summary: 'Request a link to choose a new password',
      body: forgotInput,
      responses: { 200: answer.acceptedAnswer },
      handle: accepted(withOptionalBody(forgotPassword)),
    },
    {
      method: 'POST',
      path: '/api/auth/password/reset',
      credentials: 'optional',
      summary: 'Set a new password with the token of a link',
      body: resetInput,
      responses: { 200: answer.acceptedAnswer },
      handle: accepted(withOptionalBody(resetPassword)),
    },
    {
      method: 'POST',
      path: '/api/auth/password/change',
      summary: 'Change the password, with the current one',
      body: changePasswordInput,
      responses: { 200: answer.acceptedAnswer },
      handle: accepted(withOptionalBody(changePassword)),
    },
    {
      method: 'POST',
      path: '/api/auth/email/verify',
      credentials: 'optional',
      summary: 'Confirm an email address with the token of a link',
      body: verifyEmailInput,
      responses: { 200: answer.acceptedAnswer },
      handle: accepted(withOptionalBody(verifyEmail)),
    },
    {
      method: 'POST',
      path: '/api/auth/email/resend',
      summary: 'Request that link again',
      body: resendInput,
      responses: { 200: answer.acceptedAnswer },
      handle: accepted(withOptionalBody(resendVerification)),
    },
    {
      method: 'POST',
      path: '/api/auth/email/change',
      summary: 'Request a change of the email address, with the password or, without one, a fresh sign-in',
      body: changeEmailInput,
      responses: { 200: answer.acceptedAnswer },
      handle: accepted(withOptionalBody(requestEmailChange)),
    },
    {
      method: 'POST',
      path: '/api/auth/email/confirm',
      credentials: 'optional',
      summary: 'Use the new address, by its link and the session or the password of the account',
      body: confirmEmailInput,
      responses: { 200: answer.acceptedAnswer },
      handle: accepted(withOptionalBody(confirmEmailChange)),
    },
    {
      method: 'POST',
      path: '/api/auth/magic-link',
      credentials: 'optional',
      summary: 'Request a sign-in link, or sign in with its token',
      body: magicLinkInput,
      responses: { 200: answer.signInOrAcceptedAnswer },
      handle: signIn(200, withBody(magicLink)),
    },
    {
      method: 'POST',
      path: '/api/auth/otp/request',
      credentials: 'optional',
      summary: 'Request a sign-in code',
      body: otpRequestInput,
      responses: { 200: answer.acceptedAnswer },
      handle: accepted(withOptionalBody(requestOtp)),
    },
    {
      method: 'POST',
      path: '/api/auth/otp/verify',
      credentials: 'optional',
      summary: 'Sign in with an emailed code',
      body: otpVerifyInput,
      responses: { 200: answer.signInAnswer },
      handle: signIn(200, withBody(verifyOtp)),
    },
  ]
}
