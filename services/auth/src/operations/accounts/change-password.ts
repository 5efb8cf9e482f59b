import { AppError } from '@koyalite/contracts'
import { z } from 'zod'
import type { UserInPerson } from '../../actors'
import { type AuthContext, audit, type RequestContext } from '../../auth-context'
import { requireGoodPassword } from '../../passwords/password-policy'
import { findAccount, setPassword } from '../../store/accounts'
import { deleteSignInTokens } from '../../store/one-time-tokens'
import { endSessionsOf } from '../sessions/end-sessions'
import { confirmPassword } from '../sign-in/confirm-password'
import { mailLocale } from './mail-locale'

export const changePasswordInput = z.strictObject({ current_password: z.string(), new_password: z.string() })
export type ChangePasswordInput = z.output<typeof changePasswordInput>

/**
 * Changes the caller's own password; their other sessions end, and links that were sent before stop working. Throws
 * VALIDATION_ERROR, RATE_LIMITED, UNAUTHENTICATED where the current one is wrong, FORBIDDEN if there is none.
 */
export async function changePassword(
  context: AuthContext,
  request: RequestContext<UserInPerson>,
  { current_password, new_password }: ChangePasswordInput,
): Promise<void> {
  const { actor } = request
  requireGoodPassword(context.settings.auth.password, new_password, 'new_password')
  const confirmed = await confirmPassword(context, request, actor, current_password)
  const stored = await context.runtime.hasher.hash(new_password)
  await context.database.write((tx) => {
    if (findAccount(tx, actor.id).password !== confirmed)
      throw new AppError('CONFLICT', 'The password has been changed in the meantime.')
    setPassword(tx, actor.id, stored, request.time)
    deleteSignInTokens(tx, actor.id)
    audit(context, tx, request, { event: 'auth.password_changed', details: { by: 'change' } })
    context.mail.queue(tx, { template: 'password_changed', to: actor.email, locale: mailLocale(actor) })
    endSessionsOf(context, tx, { kind: 'user', id: actor.id, keep: actor.sessionId })
  })
}
