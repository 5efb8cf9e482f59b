import { AppError, type Tx } from '@koyalite/contracts'
import { z } from 'zod'
import type { Person } from '../../actors'
import { type AuthContext, audit, charge, type RequestContext } from '../../auth-context'
import { clearLoginFailures } from '../../store/login-failures'
import type { SubjectKind } from '../../store/sessions'
import {
  activateTotp,
  countRecoveryCodes,
  deleteTotp,
  findTotp,
  offerTotp,
  replaceRecoveryCodes,
  takeRecoveryCode,
  takeTotpStep,
} from '../../store/totp'
import { countLoginFailure, isLocked, requireUnlocked, secondFactorAccount } from '../sign-in/login-lock'
import { requireFresh } from '../sign-in/require-fresh'
import { newRecoveryCodes, newTotpSecret, otpauthUri, recoveryCodeHash } from './totp-code'
import { factorId, storedTotpStep, totpPlace } from './totp-secret'

/** A code of the app, or one of the recovery codes. */
export const factorShape = { code: z.string().max(40).optional(), recovery_code: z.string().max(40).optional() }
export const hasOneFactor = (input: Factor): boolean =>
  (input.code === undefined) !== (input.recovery_code === undefined)
export const ONE_FACTOR = { error: 'send either code or recovery_code' }

/** Whose second factor it is. */
export interface FactorOwner {
  readonly kind: SubjectKind
  readonly id: string
  readonly email: string
}

export interface Factor {
  readonly code?: string | undefined
  readonly recovery_code?: string | undefined
}

export const activateTotpInput = z.strictObject({ code: z.string().max(40) })
export type ActivateTotpInput = z.output<typeof activateTotpInput>
export const factorInput = z.strictObject(factorShape).refine(hasOneFactor, ONE_FACTOR)
export interface TotpOffer {
  readonly secret: string
  readonly otpauth_url: string
}

/**
 * Offers a secret for an authenticator app. It counts only when a first code has been sent with `activateTotpCode`.
 * Throws FORBIDDEN where the sign-in is too long ago, CONFLICT where one is active.
 */
export async function enrollTotp(context: AuthContext, request: RequestContext<Person>): Promise<TotpOffer> {
  const { actor } = request
  requireFresh(context, request)
  const id = factorId(actor)
  const secret = newTotpSecret()
  const sealed = context.runtime.secrets.seal(secret, totpPlace(id))
  await context.database.write((tx) => {
    if (!offerTotp(tx, id, sealed, request.time))
      throw new AppError('CONFLICT', 'A second factor is active: disable it first.')
    audit(context, tx, request, { event: 'auth.mfa_offered' })
  })
  return { secret, otpauth_url: otpauthUri(secret, { issuer: context.settings.name, label: actor.email }) }
}

/**
 * Activates the second factor. Returns the recovery codes, which are never shown again. Throws VALIDATION_ERROR for a
 * wrong code.
 */
export async function activateTotpCode(
  context: AuthContext,
  request: RequestContext<Person>,
  { code }: ActivateTotpInput,
): Promise<{ readonly recovery_codes: readonly string[] }> {
  const { actor } = request
  const id = factorId(actor)
  chargeGuess(context, request, actor.email)
  const codes = newRecoveryCodes()
  await context.database.write((tx) => {
    const totp = findTotp(tx, id)
    if (!totp || totp.active) throw new AppError('CONFLICT', 'There is no second factor to activate. Enroll first.')
    const step = storedTotpStep(context, { totp, userId: id }, { code, now: request.time })
    if (step === null || !activateTotp(tx, id, { step, at: request.time })) throw wrongCode()
    replaceRecoveryCodes(tx, id, codes.map(recoveryCodeHash))
    audit(context, tx, request, { event: 'auth.mfa_enabled' })
  })
  return { recovery_codes: codes }
}

/** Disables the second factor. It takes one, so that a stolen session cannot. */
export async function disableTotp(
  context: AuthContext,
  request: RequestContext<Person>,
  factor: Factor,
): Promise<void> {
  await withFactor(context, request, factor, (tx, id) => {
    deleteTotp(tx, id)
    audit(context, tx, request, { event: 'auth.mfa_disabled' })
  })
}

/** Returns new recovery codes; the earlier ones are void. */
export async function renewRecoveryCodes(
  context: AuthContext,
  request: RequestContext<Person>,
  factor: Factor,
): Promise<{ readonly recovery_codes: readonly string[] }> {
  const codes = newRecoveryCodes()
  await withFactor(context, request, factor, (tx, id) => {
    replaceRecoveryCodes(tx, id, codes.map(recoveryCodeHash))
    audit(context, tx, request, { event: 'auth.recovery_codes_renewed' })
  })
  return { recovery_codes: codes }
}

/** Whether the caller has a second factor, and how many recovery codes are left. */
export function totpState(context: AuthContext, { actor }: RequestContext<Person>) {
  const id = factorId(actor)
  const totp = findTotp(context.database, id)
  return { totp: totp?.active ?? false, recovery_codes_left: countRecoveryCodes(context.database, id) }
}

/**
 * Runs something once if the caller has a code of their app, or a recovery code. Throws VALIDATION_ERROR,
 * RATE_LIMITED, CONFLICT.
 */
export async function withFactor(
  context: AuthContext,
  request: RequestContext<Person>,
  factor: Factor,
  work: (tx: Tx, id: string) => void,
): Promise<void> {
  const { actor } = request
  const id = factorId(actor)
  chargeGuess(context, request, actor.email)
  const account = secondFactorAccount(id)
  requireUnlocked(context, account, request.time)
  const { value: taken } = await context.database.write((tx) => {
    if (!findTotp(tx, id)?.active) throw new AppError('CONFLICT', 'There is no second factor.')
    if (!isLocked(tx, account, request.time) && takeFactor(context, tx, actor, factor, request.time)) {
      clearLoginFailures(tx, account)
      work(tx, id)
      return true
    }
    countLoginFailure(tx, account, request.time)
    audit(context, tx, request, { event: 'auth.mfa', outcome: 'failure' })
    return false
  })
  if (!taken) throw wrongCode()
}

/** Consumes a code: of all who send the same one, one succeeds. */
export function takeFactor(context: AuthContext, tx: Tx, who: FactorOwner, factor: Factor, now: number): boolean {
  const userId = factorId(who)
  const totp = findTotp(tx, userId)
  if (!totp?.active) return false
  if (factor.recovery_code !== undefined) {
    const taken = takeRecoveryCode(tx, userId, recoveryCodeHash(factor.recovery_code))
    if (taken) {
      const actor = { kind: who.kind, id: who.id, name: who.email }
      context.audit.record(tx, { event: 'auth.recovery_code_used', outcome: 'success', actor })
    }
    return taken
  }
  const step = storedTotpStep(context, { totp, userId }, { code: factor.code ?? '', now })
  return step !== null && takeTotpStep(tx, userId, step)
}

function chargeGuess(context: AuthContext, request: RequestContext, account: string): void {
  charge(context, request, { name: 'login', rate: context.settings.auth.rate_limit.login, account })
}

function wrongCode(): AppError {
  const message = 'code is wrong or was already used'
  return new AppError('VALIDATION_ERROR', message, { details: [{ field: 'code', code: 'wrong', message }] })
}
