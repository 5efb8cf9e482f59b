import { AppError, type Tx } from '@koyalite/contracts'
import { isEmail } from '@koyalite/schema'
import { z } from 'zod'
import type { OperatorActor } from '../../actors'
import { type AuthContext, audit, charge, type RequestContext } from '../../auth-context'
import { requireGoodPassword } from '../../passwords/password-policy'
import { clearLoginFailures } from '../../store/login-failures'
import {
  consumeOneTimeToken,
  deleteAllOneTimeTokens,
  deleteOneTimeTokens,
  insertOneTimeToken,
  peekOneTimeToken,
  type TokenPurpose,
} from '../../store/one-time-tokens'
import { findOperator, hasOperators, type Operator, updateOperator } from '../../store/operators'
import { hashSecret, randomSecret } from '../../tokens/secret'
import { operatorLink } from '../accounts/mail-link'
import { emailInput, secretInput } from '../inputs'
import { beginSession, type OpenSession } from '../sessions/begin-session'
import { endSessionsOf } from '../sessions/end-sessions'
import { countLoginFailure, operatorAccount, requireUnlocked } from '../sign-in/login-lock'
import { addOperator, requireOperator } from './known-operator'

const LINK_TTL = 24 * 3_600_000
/** The setup link is not for a known operator yet. */
const FIRST = 'first'

export const setupInput = z.strictObject({
  token: secretInput,
  email: emailInput.refine(isEmail, { error: 'must be an email address' }),
  password: z.string(),
})
export type SetupInput = z.output<typeof setupInput>
export const chooseOperatorPasswordInput = z.strictObject({ token: secretInput, password: z.string() })
export type ChooseOperatorPasswordInput = z.output<typeof chooseOperatorPasswordInput>
export const resetOperatorPasswordInput = z.strictObject({ password: z.string().optional() })
export type ResetOperatorPasswordInput = z.output<typeof resetOperatorPasswordInput>
export const changeOperatorPasswordInput = z.strictObject({ current_password: z.string(), new_password: z.string() })
export type ChangeOperatorPasswordInput = z.output<typeof changeOperatorPasswordInput>

/**
 * A link that makes the person who opens it the first operator, for one day; null where there are operators. A new one
 * replaces the last.
 */
export async function setupLink(context: AuthContext): Promise<string | null> {
  if (hasOperators(context.database)) return null
  const { value } = await context.database.write((tx) => {
    const token = newToken(tx, 'setup', FIRST, context.runtime.now())
    return operatorLink(context, 'setup', token)
  })
  return value
}

/**
 * Makes the first operator, an owner, and signs them in. Throws FORBIDDEN where there is one already, or the link is
 * not valid.
 */
export async function setUpFirstOperator(
  context: AuthContext,
  request: RequestContext,
  { token, email, password }: SetupInput,
): Promise<OpenSession> {
  charge(context, request, { name: 'admin_login', rate: context.settings.auth.rate_limit.login })
  requireGoodPassword(context.settings.auth.password, password)
  const hash = hashSecret(token)
  if (!peekOneTimeToken(context.database, 'setup', hash, request.time)) throw staleLink()
  const stored = await context.runtime.hasher.hash(password)
  const { value } = await context.database.write((tx) => {
    if (!consumeOneTimeToken(tx, 'setup', hash, request.time) || hasOperators(tx)) throw staleLink()
    const operator: Operator = {
      id: Bun.randomUUIDv7(),
      email,
      role: 'owner',
      password: stored,
      createdAt: request.time,
      disabledAt: null,
    }
    addOperator(tx, operator)
    const actor = { kind: 'operator', id: operator.id, name: email } as const
    audit(context, tx, request, {
      event: 'operator.created',
      actor,
      target: actor,
      details: { role: 'owner', first: true },
    })
    return beginSession(context, tx, { kind: 'operator', subject: operator.id, method: 'setup', request })
  })
  return value
}

/** Where an operator chooses a password. A new link replaces the last. */
export function operatorPasswordLink(context: AuthContext, tx: Tx, operatorId: string, now: number): string {
  return operatorLink(context, 'operator-password', newToken(tx, 'operator_password', operatorId, now))
}

/**
 * Reset the password of an operator by one who may: the one given, or a link under which they choose it. All their
 * sessions end.
 */
export async function resetOperatorPassword(
  context: AuthContext,
  request: RequestContext,
  id: string,
  { password }: ResetOperatorPasswordInput,
): Promise<{ readonly link: string | null }> {
  if (password !== undefined) requireGoodPassword(context.settings.auth.password, password)
  const hash = password === undefined ? null : await context.runtime.hasher.hash(password)
  const { value: link } = await context.database.write((tx) => {
    const operator = requireOperator(tx, id)
    savePassword(context, tx, operator, { password: hash })
    audit(context, tx, request, {
      event: 'operator.password_reset',
      target: { kind: 'operator', id: operator.id, name: operator.email },
    })
    return hash === null ? operatorPasswordLink(context, tx, operator.id, request.time) : null
  })
  return { link }
}

/** An operator chooses a password under a link. Throws FORBIDDEN where the link is not valid. */
export async function chooseOperatorPassword(
  context: AuthContext,
  request: RequestContext,
  { token, password }: ChooseOperatorPasswordInput,
): Promise<void> {
  charge(context, request, { name: 'admin_login', rate: context.settings.auth.rate_limit.login })
  requireGoodPassword(context.settings.auth.password, password)
  const hash = hashSecret(token)
  if (!peekOneTimeToken(context.database, 'operator_password', hash, request.time)) throw staleLink()
  const stored = await context.runtime.hasher.hash(password)
  await context.database.write((tx) => {
    const known = consumeOneTimeToken(tx, 'operator_password', hash, request.time)
    const operator = known?.subject ? findOperator(tx, known.subject) : null
    if (!operator || operator.disabledAt !== null) throw staleLink()
    const actor = { kind: 'operator', id: operator.id, name: operator.email } as const
    audit(context, tx, request, { event: 'operator.password_changed', actor })
    savePassword(context, tx, operator, { password: stored })
  })
}

/**
 * An operator changes their own password; their other sessions end. Throws UNAUTHENTICATED where the current one is
 * wrong.
 */
export async function changeOperatorPassword(
  context: AuthContext,
  request: RequestContext<OperatorActor>,
  { current_password, new_password }: ChangeOperatorPasswordInput,
): Promise<void> {
  const { actor } = request
  charge(context, request, { name: 'admin_login', rate: context.settings.auth.rate_limit.login, account: actor.email })
  requireGoodPassword(context.settings.auth.password, new_password, 'new_password')
  if (!(await checkOperatorPassword(context, request, current_password)))
    throw new AppError('UNAUTHENTICATED', 'The current password is wrong.')
  const stored = await context.runtime.hasher.hash(new_password)
  await context.database.write((tx) => {
    const operator = requireOperator(tx, actor.id)
    audit(context, tx, request, { event: 'operator.password_changed' })
    savePassword(context, tx, operator, { password: stored, keep: actor.sessionId })
  })
}

/** Whether it is theirs. As with users: wrong ones count like those of a sign-in. Throws RATE_LIMITED. */
export async function checkOperatorPassword(
  context: AuthContext,
  request: RequestContext<OperatorActor>,
  password: string,
): Promise<boolean> {
  const { actor } = request
  const account = operatorAccount(actor.email)
  requireUnlocked(context, account, request.time)
  const stored = findOperator(context.database, actor.id)?.password ?? null
  // A hash that is out of date is replaced at the next sign-in, or by that of a new password.
  if ((await context.runtime.hasher.verify(password, stored)).matches) return true
  await context.database.write((tx) => {
    countLoginFailure(tx, account, request.time)
    audit(context, tx, request, { event: 'operator.password_confirmation', outcome: 'failure' })
  })
  return false
}

/** All sessions of the operator end, except `keep`. */
function savePassword(
  context: AuthContext,
  tx: Tx,
  operator: Operator,
  { password, keep = null }: { readonly password: string | null; readonly keep?: string | null },
): void {
  updateOperator(tx, { ...operator, password })
  deleteAllOneTimeTokens(tx, operator.id)
  clearLoginFailures(tx, operatorAccount(operator.email))
  endSessionsOf(context, tx, { kind: 'operator', id: operator.id, keep })
}

function newToken(tx: Tx, purpose: TokenPurpose, subject: string, now: number): string {
  const token = randomSecret()
  deleteOneTimeTokens(tx, purpose, subject)
  insertOneTimeToken(tx, { hash: hashSecret(token), purpose, subject, data: null, expiresAt: now + LINK_TTL })
  return token
}

function staleLink(): AppError {
  return new AppError('FORBIDDEN', 'The link is invalid or has expired.')
}
