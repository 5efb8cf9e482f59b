import { AppError } from '@koyalite/contracts'
import { z } from 'zod'
import { type AuthContext, audit, charge, type RequestContext } from '../../auth-context'
import { clearLoginFailures } from '../../store/login-failures'
import { consumeOneTimeToken, countAttempt, type OneTimeToken, peekOneTimeToken } from '../../store/one-time-tokens'
import { findOperator } from '../../store/operators'
import type { SignInMethod, SubjectKind } from '../../store/sessions'
import { hashSecret } from '../../tokens/secret'
import { secretInput } from '../inputs'
import { signInOperator } from '../operators/sign-in-operator'
import { countLoginFailure, isLocked, requireUnlocked, secondFactorAccount } from '../sign-in/login-lock'
import { type SignIn, signInUser } from '../sign-in/sign-in-user'
import { factorShape, hasOneFactor, ONE_FACTOR, takeFactor } from './totp'
import { factorId } from './totp-secret'

/** Wrong codes after one right password; then it must be typed again. */
const GUESSES = 5

export const verifyTotpInput = z
  .strictObject({ mfa_token: secretInput, ...factorShape })
  .refine(hasOneFactor, ONE_FACTOR)
export type VerifyTotpInput = z.output<typeof verifyTotpInput>

/**
 * Complete a sign-in with the second factor. Throws UNAUTHENTICATED for a wrong code, and once the first step is too
 * long ago or too often guessed.
 */
export async function verifyTotp(
  context: AuthContext,
  request: RequestContext,
  { mfa_token, ...factor }: VerifyTotpInput,
): Promise<SignIn> {
  charge(context, request, { name: 'login', rate: context.settings.auth.rate_limit.login })
  const hash = hashSecret(mfa_token)
  const who = firstStepOf(context, peekOneTimeToken(context.database, 'mfa', hash, request.time))
  if (who === null) throw notGood()
  const account = secondFactorAccount(factorId(who))
  requireUnlocked(context, account, request.time)
  const { value } = await context.database.write((tx) => {
    const known = peekOneTimeToken(tx, 'mfa', hash, request.time)
    if (!known) return null
    const actor = { kind: who.kind, id: who.id, name: who.email }
    if (isLocked(tx, account, request.time) || !takeFactor(context, tx, who, factor, request.time)) {
      countAttempt(tx, 'mfa', hash, GUESSES)
      countLoginFailure(tx, account, request.time)
      audit(context, tx, request, { event: 'auth.mfa', outcome: 'failure', actor })
      return null
    }
    consumeOneTimeToken(tx, 'mfa', hash, request.time)
    clearLoginFailures(tx, account)
    return who.kind === 'operator'
      ? signInOperator(context, tx, { operator: who, request, secondFactor: { done: true } })
      : signInUser(context, tx, { userId: who.id, method: who.method, request, secondFactor: { done: true } })
  })
  if (value === null) throw notGood()
  return value
}

/** Who has taken the first step of a sign-in, and how; null if they no longer exist. */
function firstStepOf(context: AuthContext, known: OneTimeToken | null) {
  if (!known?.subject) return null
  const { method, kind = 'user' } = known.data as { readonly method: SignInMethod; readonly kind?: SubjectKind }
  const person =
    kind === 'operator'
      ? findOperator(context.database, known.subject)
      : context.users.byId(context.database, known.subject)
  return person && { kind, id: person.id, email: person.email, method }
}

function notGood(): AppError {
  return new AppError('UNAUTHENTICATED', 'The code is wrong, or the sign-in has expired. Sign in again.')
}
