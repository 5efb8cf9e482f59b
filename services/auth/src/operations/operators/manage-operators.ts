import { AppError, OPERATOR_ROLES, type Tx } from '@koyalite/contracts'
import { pageOf } from '@koyalite/kernel'
import { isEmail } from '@koyalite/schema'
import { z } from 'zod'
import { type AuthContext, audit, type RequestContext } from '../../auth-context'
import { requireGoodPassword } from '../../passwords/password-policy'
import { clearLoginFailures } from '../../store/login-failures'
import { deleteAllOneTimeTokens } from '../../store/one-time-tokens'
import {
  deleteOperator as deleteRow,
  type Operator,
  otherOwners,
  listOperators as selectOperators,
  updateOperator,
} from '../../store/operators'
import { sessionsOf } from '../../store/sessions'
import { deleteTotp, findTotp } from '../../store/totp'
import { emailInput, type PageQuery } from '../inputs'
import { factorId } from '../second-factor/totp-secret'
import { isOpen } from '../sessions/begin-session'
import { endImpersonationsBy, endSessionsOf, invalidate } from '../sessions/end-sessions'
import { secondFactorAccount } from '../sign-in/login-lock'
import { addOperator, requireOperator } from './known-operator'
import { operatorPasswordLink } from './operator-password'
import { operatorView } from './operator-view'

const operatorEmail = emailInput.refine(isEmail, { error: 'must be an email address' })
export const createOperatorInput = z.strictObject({
  email: operatorEmail,
  role: z.enum(OPERATOR_ROLES).default('admin'),
  /** Without one, the response has a link to choose it. */
  password: z.string().optional(),
})
export type CreateOperatorInput = z.output<typeof createOperatorInput>
export const changeOperatorInput = z.strictObject({
  role: z.enum(OPERATOR_ROLES).optional(),
  disabled: z.boolean().optional(),
})
export type ChangeOperatorInput = z.output<typeof changeOperatorInput>

export type OperatorView = ReturnType<typeof operatorView>

export interface ListedOperator extends OperatorView {
  /** Whether a second factor is set up. */
  readonly mfa: boolean
  /** How many are open. */
  readonly sessions: number
}

/** Operators, oldest first, in pages. */
export function listOperators(
  context: AuthContext,
  { limit, cursor }: PageQuery,
): { readonly operators: readonly ListedOperator[]; readonly next_cursor: string | null } {
  const found = selectOperators(context.database, { limit: limit + 1, after: cursor })
  const { page, next_cursor } = pageOf(found, limit, ({ id }) => id)
  return { operators: page.map((operator) => listed(context, operator)), next_cursor }
}

function listed(context: AuthContext, operator: Operator): ListedOperator {
  const { database, runtime } = context
  const who = { kind: 'operator', id: operator.id } as const
  const open = sessionsOf(database, who.kind, who.id).filter((session) => isOpen(context, session, runtime.now()))
  return {
    ...operatorView(context, operator),
    mfa: findTotp(database, factorId(who))?.active ?? false,
    sessions: open.length,
  }
}

/** Ends all sessions of an operator, and what they have begun in the name of users. Returns how many were theirs. */
export async function endOperatorSessions(context: AuthContext, request: RequestContext, id: string): Promise<number> {
  const { value: ended } = await context.database.write((tx) => {
    const operator = requireOperator(tx, id)
    const ids = endSessionsOf(context, tx, { kind: 'operator', id })
    endImpersonationsBy(context, tx, id)
    const details = { sessions: ids.length }
    audit(context, tx, request, { event: 'session.ended', target: targetOf(operator), details })
    return ids
  })
  return ended.length
}

/**
 * Makes an operator; without a password, `link` is where they choose one. Throws CONFLICT where the address has one.
 */
export async function createOperator(
  context: AuthContext,
  request: RequestContext,
  { email, role, password }: CreateOperatorInput,
): Promise<OperatorView & { readonly link: string | null }> {
  if (password !== undefined) requireGoodPassword(context.settings.auth.password, password)
  const hash = password === undefined ? null : await context.runtime.hasher.hash(password)
  const operator: Operator = {
    id: Bun.randomUUIDv7(),
    email,
    role,
    password: hash,
    createdAt: request.time,
    disabledAt: null,
  }
  const { value: link } = await context.database.write((tx) => {
    addOperator(tx, operator)
    audit(context, tx, request, { event: 'operator.created', target: targetOf(operator), details: { role } })
    return hash === null ? operatorPasswordLink(context, tx, operator.id, request.time) : null
  })
  return { ...operatorView(context, operator), link }
}

/**
 * Changes the role of an operator, which ends their impersonations, or disables them, which ends all their sessions.
 * Throws NOT_FOUND, CONFLICT for the last owner.
 */
export async function changeOperator(
  context: AuthContext,
  request: RequestContext,
  id: string,
  { role, disabled }: ChangeOperatorInput,
): Promise<OperatorView> {
  const { value: changed } = await context.database.write((tx) => {
    const before = requireOperator(tx, id)
    const after: Operator = {
      ...before,
      role: role ?? before.role,
      disabledAt: disabled === undefined ? before.disabledAt : disabled ? (before.disabledAt ?? request.time) : null,
    }
    if (after.role !== 'owner' || after.disabledAt !== null) keepAnOwner(tx, before)
    updateOperator(tx, after)
    endUnfounded(context, tx, before, after)
    audit(context, tx, request, {
      event: 'operator.changed',
      target: targetOf(after),
      details: {
        before: { role: before.role, disabled: before.disabledAt !== null },
        after: { role: after.role, disabled: after.disabledAt !== null },
      },
    })
    invalidate(context, tx, { kind: 'operator', id: after.id })
    return after
  })
  return operatorView(context, changed)
}

/** Removes an operator and all that they have open. Throws NOT_FOUND, CONFLICT for the last owner. */
export async function deleteOperator(context: AuthContext, request: RequestContext, id: string): Promise<void> {
  await context.database.write((tx) => {
    const operator = requireOperator(tx, id)
    keepAnOwner(tx, operator)
    endEverything(context, tx, operator.id)
    deleteRow(tx, operator.id)
    deleteTotp(tx, factorId({ kind: 'operator', id: operator.id }))
    audit(context, tx, request, { event: 'operator.deleted', target: targetOf(operator) })
    invalidate(context, tx, { kind: 'operator', id: operator.id })
  })
}

/**
 * For an operator who has lost their app and their recovery codes: the second factor is no longer required. Throws
 * NOT_FOUND.
 */
export async function removeOperatorMfa(context: AuthContext, request: RequestContext, id: string): Promise<void> {
  await context.database.write((tx) => {
    const operator = requireOperator(tx, id)
    const factor = factorId({ kind: 'operator', id: operator.id })
    if (!deleteTotp(tx, factor)) throw new AppError('NOT_FOUND', `The operator '${id}' has no second factor.`)
    clearLoginFailures(tx, secondFactorAccount(factor))
    audit(context, tx, request, { event: 'operator.mfa_removed', target: targetOf(operator) })
  })
}

/** What rested on a role or standing that an operator has no more. */
function endUnfounded(context: AuthContext, tx: Tx, before: Operator, after: Operator): void {
  if (after.disabledAt !== null) endEverything(context, tx, after.id)
  else if (after.role !== before.role) endImpersonationsBy(context, tx, after.id)
}

function endEverything(context: AuthContext, tx: Tx, id: string): void {
  deleteAllOneTimeTokens(tx, id)
  endSessionsOf(context, tx, { kind: 'operator', id })
  endImpersonationsBy(context, tx, id)
}

function keepAnOwner(tx: Tx, operator: Operator): void {
  const isOwner = operator.role === 'owner' && operator.disabledAt === null
  if (isOwner && otherOwners(tx, operator.id) === 0) {
    throw new AppError('CONFLICT', 'This is the last owner: create another one first.')
  }
}

function targetOf({ id, email }: Operator) {
  return { kind: 'operator', id, name: email }
}
