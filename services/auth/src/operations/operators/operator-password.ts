import { requireAdmin } from '@koyalite/access'
import { AppError, type Tx } from '@koyalite/contracts'
import { parseInput } from '@koyalite/kernel'
import { isEmail } from '@koyalite/schema'
import { z } from 'zod'
import { OPERATORS_AREA } from '../../admin-areas'
import { type AuthContext, audit, charge, type Visit } from '../../auth-context'
import { emailInput, secretInput } from '../../parse-input'
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
import { mailLink } from '../accounts/mail-link'
import { beginSession, type OpenSession } from '../sessions/begin-session'
import { endSessionsOf } from '../sessions/end-sessions'
import { countLoginFailure, operatorAccount, requireUnlocked } from '../sign-in/login-lock'
import { type OperatorActor, requireSession } from '../sign-in/require-actor'
import { addOperator, requireOperator } from './known-operator'

const LINK_TTL = 24 * 3_600_000
/** The link of the first start stands for nobody yet. */
const FIRST = 'first'

export const setupInput = z.strictObject({
  token: secretInput,
  email: emailInput.refine(isEmail, { error: 'must be an email address' }),
  password: z.string(),
})
export const chooseOperatorPasswordInput = z.strictObject({ token: secretInput, password: z.string() })
export const resetOperatorPasswordInput = z.strictObject({ password: z.string().optional() })
export const changeOperatorPasswordInput = z.strictObject({ current_password: z.string(), new_password: z.string() })

/** A link that makes whoever opens it the first operator, for one day; null where there are operators. A new one replaces the last. */
export async function setupLink(context: AuthContext): Promise<string | null> {
  if (hasOperators(context.database)) return null
  const { value } = await context.database.write((tx) => {
    const token = newToken(tx, 'setup', FIRST, context.runtime.now())
    return mailLink(context, 'setup', token)
  })
  return value
}

/** Makes the first operator, an owner, and signs them in. Throws FORBIDDEN where there is one already, or the link is not good. */
export async function setUpFirstOperator(context: AuthContext, visit: Visit, input: unknown): Promise<OpenSession> {
  charge(context, visit, { name: 'admin_login', rate: context.settings.auth.rate_limit.login })
  const { token, email, password } = parseInput(setupInput, input)
  requireGoodPassword(context.settings.auth.password, password)
  const hash = hashSecret(token)
  if (!peekOneTimeToken(context.database, 'setup', hash, visit.time)) throw staleLink()
  const stored = await context.runtime.hasher.hash(password)
  const { value } = await context.database.write((tx) => {
    if (!consumeOneTimeToken(tx, 'setup', hash, visit.time) || hasOperators(tx)) throw staleLink()
    const operator: Operator = {
      id: Bun.randomUUIDv7(),
      email,
      role: 'owner',
      password: stored,
      createdAt: visit.time,
      disabledAt: null,
    }
    addOperator(tx, operator)
    const actor = { kind: 'operator', id: operator.id, name: email } as const
    audit(context, tx, visit, {
      event: 'operator.created',
      actor,
      target: actor,
      details: { role: 'owner', first: true },
    })
    return beginSession(context, tx, { kind: 'operator', subject: operator.id, method: 'setup', visit })
  })
  return value
}

/** Where an operator chooses a password. A new link replaces the last. */
export function operatorPasswordLink(context: AuthContext, tx: Tx, operatorId: string, now: number): string {
  return mailLink(context, 'operator-password', newToken(tx, 'operator_password', operatorId, now))
}

/** Reset the password of an operator by one who may: the one given, or a link under which they choose it. All their sessions end. */
export async function resetOperatorPassword(
  context: AuthContext,
  visit: Visit,
  id: string,
  input: unknown,
): Promise<{ readonly link: string | null }> {
  requireAdmin(visit.actor, OPERATORS_AREA, 'write')
  const { password } = parseInput(resetOperatorPasswordInput, input)
  if (password !== undefined) requireGoodPassword(context.settings.auth.password, password)
  const hash = password === undefined ? null : await context.runtime.hasher.hash(password)
  const { value: link } = await context.database.write((tx) => {
    const operator = requireOperator(tx, id)
    savePassword(context, tx, operator, { password: hash })
    audit(context, tx, visit, {
      event: 'operator.password_reset',
      target: { kind: 'operator', id: operator.id, name: operator.email },
    })
    return hash === null ? operatorPasswordLink(context, tx, operator.id, visit.time) : null
  })
  return { link }
}

/** An operator chooses a password under a link. Throws FORBIDDEN where the link is not good. */
export async function chooseOperatorPassword(context: AuthContext, visit: Visit, input: unknown): Promise<void> {
  charge(context, visit, { name: 'admin_login', rate: context.settings.auth.rate_limit.login })
  const { token, password } = parseInput(chooseOperatorPasswordInput, input)
  requireGoodPassword(context.settings.auth.password, password)
  const hash = hashSecret(token)
  if (!peekOneTimeToken(context.database, 'operator_password', hash, visit.time)) throw staleLink()
  const stored = await context.runtime.hasher.hash(password)
  await context.database.write((tx) => {
    const known = consumeOneTimeToken(tx, 'operator_password', hash, visit.time)
    const operator = known?.subject ? findOperator(tx, known.subject) : null
    if (!operator || operator.disabledAt !== null) throw staleLink()
    const actor = { kind: 'operator', id: operator.id, name: operator.email } as const
    audit(context, tx, visit, { event: 'operator.password_changed', actor })
    savePassword(context, tx, operator, { password: stored })
  })
}

/** An operator changes their own password; their other sessions end. Throws UNAUTHENTICATED where the current one is wrong. */
export async function changeOperatorPassword(context: AuthContext, visit: Visit, input: unknown): Promise<void> {
  const actor = requireSession(visit.actor)
  if (actor.kind !== 'operator') throw new AppError('FORBIDDEN', 'Only operators can do this.')
  const { current_password, new_password } = parseInput(changeOperatorPasswordInput, input)
  charge(context, visit, { name: 'admin_login', rate: context.settings.auth.rate_limit.login, account: actor.email })
  requireGoodPassword(context.settings.auth.password, new_password, 'new_password')
  await confirmOperatorPassword(context, visit, actor, current_password)
  const stored = await context.runtime.hasher.hash(new_password)
  await context.database.write((tx) => {
    const operator = requireOperator(tx, actor.id)
    audit(context, tx, visit, { event: 'operator.password_changed' })
    savePassword(context, tx, operator, { password: stored, keep: actor.sessionId })
  })
}

/** As with users: wrong ones count like those of a sign-in. */
async function confirmOperatorPassword(
  context: AuthContext,
  visit: Visit,
  actor: OperatorActor,
  password: string,
): Promise<void> {
  const account = operatorAccount(actor.email)
  requireUnlocked(context, account, visit.time)
  const stored = findOperator(context.database, actor.id)?.password ?? null
  // A hash that is out of date is replaced by that of the new password anyway.
  if ((await context.runtime.hasher.verify(password, stored)).matches) return
  await context.database.write((tx) => {
    countLoginFailure(tx, account, visit.time)
    audit(context, tx, visit, { event: 'operator.password_confirmation', outcome: 'failure' })
  })
  throw new AppError('UNAUTHENTICATED', 'The current password is wrong.')
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
