import { AppError } from '@koyalite/contracts'
import { z } from 'zod'
import { type AuthContext, audit, charge, type RequestContext } from '../../auth-context'
import { findAccount, setPassword } from '../../store/accounts'
import { clearLoginFailures } from '../../store/login-failures'
import { emailInput } from '../inputs'
import { countLoginFailure, requireUnlocked, userAccount } from './login-lock'
import { type SignIn, signInUser } from './sign-in-user'

export const loginInput = z.strictObject({ email: emailInput, password: z.string() })
export type LoginInput = z.output<typeof loginInput>

/**
 * Signs a user in by address and password. Whether the address is known, has a password or neither: one response,
 * after one hash. Throws VALIDATION_ERROR, RATE_LIMITED, UNAUTHENTICATED, FORBIDDEN.
 */
export async function login(
  context: AuthContext,
  request: RequestContext,
  { email, password }: LoginInput,
): Promise<SignIn> {
  charge(context, request, { name: 'login', rate: context.settings.auth.rate_limit.login, account: email })
  const account = userAccount(email)
  requireUnlocked(context, account, request.time)
  const user = context.users.byEmail(context.database, email)
  const stored = user && findAccount(context.database, user.id).password
  const { matches, replacement } = await context.runtime.hasher.verify(password, stored)
  const { value } = await context.database.write((tx): SignIn | null => {
    // The password may have been changed while it was verified.
    if (!user || !matches || findAccount(tx, user.id).password !== stored) {
      countLoginFailure(tx, account, request.time)
      const actor = { kind: 'anonymous', id: null, name: email.slice(0, 254) } as const
      audit(context, tx, request, { event: 'auth.login', outcome: 'failure', actor, details: { method: 'password' } })
      return null
    }
    clearLoginFailures(tx, account)
    if (replacement !== null) setPassword(tx, user.id, replacement, request.time)
    return signInUser(context, tx, { userId: user.id, method: 'password', request })
  })
  if (value === null) throw incorrect(context)
  return value
}

/** The same for everybody: where a registration waits for its link, whoever registered may not know that it does. */
function incorrect({ settings }: AuthContext): AppError {
  const hint = settings.auth.enumeration === 'hidden' ? ' If you have just registered, open the link in the email.' : ''
  return new AppError('UNAUTHENTICATED', `Incorrect email address or password.${hint}`)
}
