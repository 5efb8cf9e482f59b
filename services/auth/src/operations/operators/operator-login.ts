import { AppError } from '@koyalite/contracts'
import { z } from 'zod'
import { type AuthContext, audit, charge, type RequestContext } from '../../auth-context'
import { clearLoginFailures } from '../../store/login-failures'
import { findOperator, findOperatorByEmail, updateOperator } from '../../store/operators'
import { emailInput } from '../inputs'
import { countLoginFailure, operatorAccount, requireUnlocked } from '../sign-in/login-lock'
import type { SignIn } from '../sign-in/sign-in-user'
import { signInOperator } from './sign-in-operator'

export const operatorLoginInput = z.strictObject({ email: emailInput, password: z.string() })
export type OperatorLoginInput = z.output<typeof operatorLoginInput>

/**
 * Signs an operator in. As with users: one response, after one hash. Throws VALIDATION_ERROR, RATE_LIMITED,
 * UNAUTHENTICATED.
 */
export async function operatorLogin(
  context: AuthContext,
  request: RequestContext,
  { email, password }: OperatorLoginInput,
): Promise<SignIn> {
  charge(context, request, { name: 'admin_login', rate: context.settings.auth.rate_limit.login, account: email })
  const account = operatorAccount(email)
  requireUnlocked(context, account, request.time)
  const operator = findOperatorByEmail(context.database, email)
  const stored = operator?.disabledAt === null ? operator.password : null
  const { matches, replacement } = await context.runtime.hasher.verify(password, stored)
  const { value } = await context.database.write((tx) => {
    const now = operator && findOperator(tx, operator.id)
    if (!matches || !now || now.password !== stored || now.disabledAt !== null) {
      countLoginFailure(tx, account, request.time)
      const actor = { kind: 'anonymous', id: null, name: email.slice(0, 254) } as const
      audit(context, tx, request, { event: 'admin.login', outcome: 'failure', actor })
      return null
    }
    clearLoginFailures(tx, account)
    if (replacement !== null) updateOperator(tx, { ...now, password: replacement })
    return signInOperator(context, tx, { operator: now, request })
  })
  if (value === null) throw new AppError('UNAUTHENTICATED', 'Incorrect email address or password.')
  return value
}
