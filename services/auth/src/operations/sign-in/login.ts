import { AppError } from '@koyalite/contracts'
import { parseInput } from '@koyalite/kernel'
import { z } from 'zod'
import { type AuthContext, audit, charge, type Visit } from '../../auth-context'
import { emailInput } from '../../parse-input'
import { findAccount, setPassword } from '../../store/accounts'
import { clearLoginFailures } from '../../store/login-failures'
import { countLoginFailure, requireUnlocked, userAccount } from './login-lock'
import { type SignIn, signInUser } from './sign-in-user'

export const loginInput = z.strictObject({ email: emailInput, password: z.string() })

/**
 * Signs a user in by address and password. Whether the address is known, has a password or neither: one answer, after one hash.
 * Throws VALIDATION_ERROR, RATE_LIMITED, UNAUTHENTICATED, FORBIDDEN.
 */
export async function login(context: AuthContext, visit: Visit, input: unknown): Promise<SignIn> {
  const { email, password } = parseInput(loginInput, input)
  charge(context, visit, { name: 'login', rate: context.settings.auth.rate_limit.login, account: email })
  const account = userAccount(email)
  requireUnlocked(context, account, visit.time)
  const user = context.users.byEmail(context.database, email)
  const stored = user && findAccount(context.database, user.id).password
  const { matches, replacement } = await context.runtime.hasher.verify(password, stored)
  const { value } = await context.database.write((tx): SignIn | null => {
    // The password may have been changed while it was verified.
    if (!user || !matches || findAccount(tx, user.id).password !== stored) {
      countLoginFailure(tx, account, visit.time)
      const actor = { kind: 'anonymous', id: null, name: email.slice(0, 254) } as const
      audit(context, tx, visit, { event: 'auth.login', outcome: 'failure', actor, details: { method: 'password' } })
      return null
    }
    clearLoginFailures(tx, account)
    if (replacement !== null) setPassword(tx, user.id, replacement, visit.time)
    return signInUser(context, tx, { userId: user.id, method: 'password', visit })
  })
  if (value === null) throw new AppError('UNAUTHENTICATED', 'Incorrect email address or password.')
  return value
}
