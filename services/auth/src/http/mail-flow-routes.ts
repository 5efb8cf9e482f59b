import { ANYONE } from '@koyalite/contracts'
import { type Route, reply, route } from '@koyalite/kernel'
import { usersInPerson } from '../actors'
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
import { magicLinkInput, requestMagicLink, signInByMagicLink } from '../operations/sign-in/magic-link'
import { accepted } from './accepted'
import { requestContexts } from './request-context'
import * as response from './response-schemas'
import { opensSession, signInReply } from './sign-in-reply'

/** Passwords, and what is done by mail. */
export function mailFlowRoutes(context: AuthContext): readonly Route[] {
  const requestOf = requestContexts(context)
  return [
    route({
      method: 'POST',
      path: '/api/auth/password/forgot',
      name: 'forgotPassword',
      summary: 'Request a link to choose a new password',
      access: ANYONE,
      credentials: 'optional',
      body: forgotInput,
      responses: { 200: response.accepted },
      handle: (call) => accepted(forgotPassword(context, requestOf(call), call.body)),
    }),
    route({
      method: 'POST',
      path: '/api/auth/password/reset',
      name: 'resetPassword',
      summary: 'Set a new password with the token of a link',
      access: ANYONE,
      credentials: 'optional',
      body: resetInput,
      responses: { 200: response.accepted },
      handle: (call) => accepted(resetPassword(context, requestOf(call), call.body)),
    }),
    route({
      method: 'POST',
      path: '/api/auth/password/change',
      name: 'changePassword',
      summary: 'Change the password, with the current one',
      access: usersInPerson,
      body: changePasswordInput,
      responses: { 200: response.accepted },
      handle: (call) => accepted(changePassword(context, requestOf(call), call.body)),
    }),
    route({
      method: 'POST',
      path: '/api/auth/email/verify',
      name: 'verifyEmail',
      summary: 'Confirm an email address with the token of a link',
      access: ANYONE,
      credentials: 'optional',
      body: verifyEmailInput,
      responses: { 200: response.accepted },
      handle: (call) => accepted(verifyEmail(context, requestOf(call), call.body)),
    }),
    route({
      method: 'POST',
      path: '/api/auth/email/resend',
      name: 'resendVerification',
      summary: 'Request that link again',
      access: ANYONE,
      body: resendInput,
      responses: { 200: response.accepted },
      handle: (call) => accepted(resendVerification(context, requestOf(call), call.body)),
    }),
    route({
      method: 'POST',
      path: '/api/auth/email/change',
      name: 'changeEmail',
      summary: 'Request a change of the email address, with the password or, without one, a fresh sign-in',
      access: usersInPerson,
      body: changeEmailInput,
      responses: { 200: response.accepted },
      handle: (call) => accepted(requestEmailChange(context, requestOf(call), call.body)),
    }),
    route({
      method: 'POST',
      path: '/api/auth/email/confirm',
      name: 'confirmEmail',
      summary: 'Use the new address, by its link and the session or the password of the account',
      access: ANYONE,
      credentials: 'optional',
      body: confirmEmailInput,
      responses: { 200: response.accepted },
      handle: (call) => accepted(confirmEmailChange(context, requestOf(call), call.body)),
    }),
    route({
      method: 'POST',
      path: '/api/auth/magic-link',
      name: 'sendMagicLink',
      summary: 'Request a sign-in link, or sign in with its token',
      access: ANYONE,
      credentials: 'optional',
      ...opensSession(context),
      body: magicLinkInput,
      responses: { 200: response.signInOrAccepted },
      async handle(call) {
        const { body } = call
        if ('token' in body)
          return signInReply(context, call, 200, () => signInByMagicLink(context, requestOf(call), body.token))
        return reply(200, await accepted(requestMagicLink(context, requestOf(call), body)))
      },
    }),
    route({
      method: 'POST',
      path: '/api/auth/otp/request',
      name: 'requestOtp',
      summary: 'Request a sign-in code',
      access: ANYONE,
      credentials: 'optional',
      body: otpRequestInput,
      responses: { 200: response.accepted },
      handle: (call) => accepted(requestOtp(context, requestOf(call), call.body)),
    }),
    route({
      method: 'POST',
      path: '/api/auth/otp/verify',
      name: 'verifyOtp',
      summary: 'Sign in with an emailed code',
      access: ANYONE,
      credentials: 'optional',
      ...opensSession(context),
      body: otpVerifyInput,
      responses: { 200: response.signIn },
      handle: (call) => signInReply(context, call, 200, () => verifyOtp(context, requestOf(call), call.body)),
    }),
  ]
}
