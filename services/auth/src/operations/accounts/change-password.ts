import { AppError } from '@koyalite/contracts'
import { parseInput } from '@koyalite/kernel'
import { z } from 'zod'
import { type AuthContext, audit, type Visit } from '../../auth-context'
import { requireGoodPassword } from '../../passwords/password-policy'
import { findAccount, setPassword } from '../../store/accounts'
import { deleteSignInTokens } from '../../store/one-time-tokens'
import { endSessionsOf } from '../sessions/end-sessions'
import { confirmPassword } from '../sign-in/confirm-password'
import { requireUserInPerson } from '../sign-in/require-actor'

export const changePasswordInput = z.strictObject({ current_password: z.string(), new_password: z.string() })

/**
 * Changes the caller's own password; their other sessions end, and links that were sent before stop working.
 * Throws VALIDATION_ERROR, RATE_LIMITED, UNAUTHENTICATED where the current one is wrong, FORBIDDEN where there is none.
 */
export async function changePassword(context: AuthContext, visit: Visit, input: unknown): Promise<void> {
  const actor = requireUserInPerson(visit.actor)
  const { current_password, new_password } = parseInput(changePasswordInput, input)
  requireGoodPassword(context.settings.auth.password, new_password, 'new_password')
  const confirmed = await confirmPassword(context, visit, actor, current_password)
  const stored = await context.runtime.hasher.hash(new_password)
  await context.database.write((tx) => {
    if (findAccount(tx, actor.id).password !== confirmed)
      throw new AppError('CONFLICT', 'The password has been changed in the meantime.')
    setPassword(tx, actor.id, stored, visit.time)
    deleteSignInTokens(tx, actor.id)
    audit(context, tx, visit, { event: 'auth.password_changed', details: { by: 'change' } })
    context.mail.queue(tx, { template: 'password_changed', to: actor.email })
    endSessionsOf(context, tx, { kind: 'user', id: actor.id, keep: actor.sessionId })
  })
}
