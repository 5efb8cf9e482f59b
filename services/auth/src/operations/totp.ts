import { AppError } from '@koyalite/contracts'
import type { Tx } from '@koyalite/sqlite'
import { z } from 'zod'
import { type AuthContext, audit, charge, type Visit } from '../auth-context'
import { parseInput, secretInput } from '../parse-input'
import { hashSecret } from '../secret'
import { clearLoginFailures } from '../store/login-failures'
import { consumeOneTimeToken, countAttempt, peekOneTimeToken } from '../store/one-time-tokens'
import type { SignInMethod } from '../store/sessions'
import {
  activateTotp,
  countRecoveryCodes,
  deleteTotp,
  findTotp,
  offerTotp,
  replaceRecoveryCodes,
  takeRecoveryCode,
  takeTotpStep,
} from '../store/totp'
import { countLoginFailure, isLocked, requireUnlocked, secondFactorAccount } from './login-lock'
import { requireUserInPerson, type UserActor } from './require-actor'
import { requireFresh } from './require-fresh'
import { type SignIn, signInUser } from './sign-in-user'
import { newRecoveryCodes, newTotpSecret, otpauthUri, recoveryCodeHash } from './totp-code'
import { storedTotpStep, totpPlace } from './totp-secret'

/** Wrong codes after one right password; then it must be typed again. */
const GUESSES = 5

/** A code of the app, or one of the recovery codes. */
const factorShape = { code: z.string().max(40).optional(), recovery_code: z.string().max(40).optional() }
const hasOneFactor = (input: Factor): boolean => (input.code === undefined) !== (input.recovery_code === undefined)
const ONE_FACTOR = { error: 'send either code or recovery_code' }

interface Factor {
  readonly code?: string | undefined
  readonly recovery_code?: string | undefined
}

export const activateTotpInput = z.strictObject({ code: z.string().max(40) })
export const factorInput = z.strictObject(factorShape).refine(hasOneFactor, ONE_FACTOR)
export const verifyTotpInput = z
  .strictObject({ mfa_token: secretInput, ...factorShape })
  .refine(hasOneFactor, ONE_FACTOR)

export interface TotpOffer {
  readonly secret: string
  readonly otpauth_url: string
}

/**
 * Offers a secret for an authenticator app. It counts only when a first code has been sent with `activateTotpCode`. Throws FORBIDDEN
 * where the sign-in is too long ago, CONFLICT where one is active.
 */
export async function enrollTotp(context: AuthContext, visit: Visit): Promise<TotpOffer> {
  const actor = requireFresh(context, visit)
  const secret = newTotpSecret()
  const sealed = context.runtime.secrets.seal(secret, totpPlace(actor.id))
  await context.database.write((tx) => {
    if (!offerTotp(tx, actor.id, sealed, visit.time))
      throw new AppError('CONFLICT', 'A second factor is active: disable it first.')
    audit(context, tx, visit, { event: 'auth.mfa_offered' })
  })
  return { secret, otpauth_url: otpauthUri(secret, { issuer: context.settings.name, label: actor.email }) }
}

/** Makes the second factor count from now on; gives the recovery codes, which are never shown again. Throws VALIDATION_ERROR for a wrong code. */
export async function activateTotpCode(
  context: AuthContext,
  visit: Visit,
  input: unknown,
): Promise<{ readonly recovery_codes: readonly string[] }> {
  const actor = requireUserInPerson(visit.actor)
  const { code } = parseInput(activateTotpInput, input)
  chargeGuess(context, visit, actor.email)
  const codes = newRecoveryCodes()
  await context.database.write((tx) => {
    const totp = findTotp(tx, actor.id)
    if (!totp || totp.active) throw new AppError('CONFLICT', 'There is no second factor to activate: enroll first.')
    const step = storedTotpStep(context, { totp, userId: actor.id }, { code, now: visit.time })
    if (step === null || !activateTotp(tx, actor.id, step)) throw wrongCode()
    replaceRecoveryCodes(tx, actor.id, codes.map(recoveryCodeHash))
    audit(context, tx, visit, { event: 'auth.mfa_enabled' })
  })
  return { recovery_codes: codes }
}

/** The second step of a sign-in. Throws UNAUTHENTICATED for a wrong code, and once the first step is too long ago or too often guessed. */
export async function verifyTotp(context: AuthContext, visit: Visit, input: unknown): Promise<SignIn> {
  const { mfa_token, ...factor } = parseInput(verifyTotpInput, input)
  charge(context, visit, { name: 'login', rate: context.settings.auth.rate_limit.login })
  const hash = hashSecret(mfa_token)
  const subject = peekOneTimeToken(context.database, 'mfa', hash, visit.time)?.subject
  const email = subject ? context.users.byId(context.database, subject)?.email : undefined
  if (!subject || email === undefined) throw notGood()
  const account = secondFactorAccount(subject)
  requireUnlocked(context, account, visit.time)
  const { value } = await context.database.write((tx) => {
    const known = peekOneTimeToken(tx, 'mfa', hash, visit.time)
    if (!known) return null
    const actor = { kind: 'user', id: subject, name: email } as const
    if (isLocked(tx, account, visit.time) || !takeFactor(context, tx, subject, factor, visit.time)) {
      countAttempt(tx, 'mfa', hash, GUESSES)
      countLoginFailure(tx, account, visit.time)
      audit(context, tx, visit, { event: 'auth.mfa', outcome: 'failure', actor })
      return null
    }
    consumeOneTimeToken(tx, 'mfa', hash, visit.time)
    clearLoginFailures(tx, account)
    const { method } = known.data as { readonly method: SignInMethod }
    return signInUser(context, tx, { userId: subject, method, visit, secondFactor: { done: true } })
  })
  if (value === null) throw notGood()
  return value
}

/** Does without a second factor again. It takes one, so that a stolen session cannot. */
export async function disableTotp(context: AuthContext, visit: Visit, input: unknown): Promise<void> {
  await withFactor(context, visit, input, (tx, actor) => {
    deleteTotp(tx, actor.id)
    audit(context, tx, visit, { event: 'auth.mfa_disabled' })
  })
}

/** New recovery codes; those before them are void. */
export async function renewRecoveryCodes(
  context: AuthContext,
  visit: Visit,
  input: unknown,
): Promise<{ readonly recovery_codes: readonly string[] }> {
  const codes = newRecoveryCodes()
  await withFactor(context, visit, input, (tx, actor) => {
    replaceRecoveryCodes(tx, actor.id, codes.map(recoveryCodeHash))
    audit(context, tx, visit, { event: 'auth.recovery_codes_renewed' })
  })
  return { recovery_codes: codes }
}

/** Whether the caller has a second factor, and how many recovery codes are left. */
export function totpState(context: AuthContext, visit: Visit) {
  const actor = requireUserInPerson(visit.actor)
  const totp = findTotp(context.database, actor.id)
  return { totp: totp?.active ?? false, recovery_codes_left: countRecoveryCodes(context.database, actor.id) }
}

/** Does something once for whoever has a code of the caller's app, or a recovery code. Throws VALIDATION_ERROR, RATE_LIMITED, CONFLICT. */
export async function withFactor(
  context: AuthContext,
  visit: Visit,
  input: unknown,
  work: (tx: Tx, actor: UserActor) => void,
): Promise<void> {
  const actor = requireUserInPerson(visit.actor)
  const factor = parseInput(factorInput, input)
  chargeGuess(context, visit, actor.email)
  const account = secondFactorAccount(actor.id)
  requireUnlocked(context, account, visit.time)
  const { value: taken } = await context.database.write((tx) => {
    if (!findTotp(tx, actor.id)?.active) throw new AppError('CONFLICT', 'There is no second factor.')
    if (!isLocked(tx, account, visit.time) && takeFactor(context, tx, actor.id, factor, visit.time)) {
      clearLoginFailures(tx, account)
      work(tx, actor)
      return true
    }
    countLoginFailure(tx, account, visit.time)
    audit(context, tx, visit, { event: 'auth.mfa', outcome: 'failure' })
    return false
  })
  if (!taken) throw wrongCode()
}

/** Uses a code up: of all who send the same one, one succeeds. */
function takeFactor(context: AuthContext, tx: Tx, userId: string, factor: Factor, now: number): boolean {
  const totp = findTotp(tx, userId)
  if (!totp?.active) return false
  if (factor.recovery_code !== undefined) {
    const taken = takeRecoveryCode(tx, userId, recoveryCodeHash(factor.recovery_code))
    if (taken) {
      const actor = { kind: 'user', id: userId, name: context.users.byId(tx, userId)?.email ?? null } as const
      context.audit.record(tx, { event: 'auth.recovery_code_used', outcome: 'success', actor })
    }
    return taken
  }
  const step = storedTotpStep(context, { totp, userId }, { code: factor.code ?? '', now })
  return step !== null && takeTotpStep(tx, userId, step)
}

function chargeGuess(context: AuthContext, visit: Visit, account: string): void {
  charge(context, visit, { name: 'login', rate: context.settings.auth.rate_limit.login, account })
}

function wrongCode(): AppError {
  const message = 'code is wrong, or was used'
  return new AppError('VALIDATION_ERROR', message, { details: [{ field: 'code', code: 'wrong', message }] })
}

function notGood(): AppError {
  return new AppError('UNAUTHENTICATED', 'The code is wrong, or the first step too long ago. Sign in again.')
}
