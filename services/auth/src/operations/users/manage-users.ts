import {
  type Actor,
  AppError,
  type Reads,
  SYSTEM,
  type UserFacts,
  type UserFields,
  type UserListQuery,
} from '@koyalite/contracts'
import { normalizeEmail, USERS } from '@koyalite/schema'
import { z } from 'zod'
import { type AuthContext, audit, type RequestContext } from '../../auth-context'
import { requireGoodPassword } from '../../passwords/password-policy'
import { findAccount, insertAccount, setBlocked } from '../../store/accounts'
import { identitiesOf } from '../../store/identities'
import { deleteAllOneTimeTokens } from '../../store/one-time-tokens'
import { passkeysOf } from '../../store/passkeys'
import { findTotp } from '../../store/totp'
import { sendVerification } from '../accounts/mail-link'
import { deleteCredentials } from '../accounts/revoke-credentials'
import { documentText } from '../inputs'
import { endSessionsOf, invalidate } from '../sessions/end-sessions'

/** Fields of `users`, and perhaps a password. */
export const createUserInput = z
  .looseObject({ email: documentText, password: documentText })
  .meta({ required: ['email'] })
export type CreateUserInput = z.output<typeof createUserInput>

/** A page of users as REST lists them, each with what is known of their account. */
export async function listUsers(context: AuthContext, request: RequestContext, query: UserListQuery): Promise<string> {
  const page = JSON.parse(await context.users.list(SYSTEM, query, request)) as { docs: readonly { id: string }[] }
  const users = page.docs.map((doc) => ({ ...doc, account: accountView(context.database, doc.id) }))
  const { docs: _docs, ...rest } = page
  return JSON.stringify({ users, ...rest })
}

/** One user, by id or address, with what is known of their account. Throws NOT_FOUND. */
export async function getUser(context: AuthContext, request: RequestContext, id: string): Promise<string> {
  const user = requireKnownUser(context, context.database, id)
  await context.users.wasRead(user.id, request)
  return userText(context, user.id)
}

/**
 * Makes a user; without a password they sign in by mail, or choose one by resetting it. Throws VALIDATION_ERROR,
 * CONFLICT.
 */
export async function createUser(
  context: AuthContext,
  request: RequestContext,
  { password, ...fields }: CreateUserInput,
): Promise<string> {
  if (password !== undefined && password !== null) requireGoodPassword(context.settings.auth.password, password)
  const create = context.users.create({ fields, by: managing(request.actor), server: {}, request })
  const hash = typeof password === 'string' ? await context.runtime.hasher.hash(password) : null
  const { value: id } = await context.database.write((tx) => {
    const userId = create(tx)
    insertAccount(tx, { userId, password: hash, anonymous: false, at: request.time })
    audit(context, tx, request, { event: 'user.created', target: targetOf(requireKnownUser(context, tx, userId)) })
    sendVerification(context, tx, userId)
    return userId
  })
  return userText(context, id)
}

/** Changes fields of a user, their role and standing too. */
export async function changeUser(
  context: AuthContext,
  request: RequestContext,
  id: string,
  fields: UserFields,
): Promise<string> {
  const user = requireKnownUser(context, context.database, id)
  const update = context.users.update(user.id, { fields, by: managing(request.actor), server: {}, request })
  await context.database.write((tx) => {
    const before = requireKnownUser(context, tx, user.id)
    update(tx)
    const after = requireKnownUser(context, tx, user.id)
    // What was sent to the old address must not work for the new one.
    if (after.email !== before.email) deleteAllOneTimeTokens(tx, user.id)
    const details = { fields: Object.keys(fields), before: standing(before), after: standing(after) }
    audit(context, tx, request, { event: 'user.changed', target: targetOf(after), details })
    invalidate(context, tx, { kind: 'user', id: user.id })
  })
  return userText(context, user.id)
}

/** Deletes a user with all that signs them in. Throws NOT_FOUND, CONFLICT where documents hold on to them. */
export async function deleteUser(context: AuthContext, request: RequestContext, id: string): Promise<void> {
  const user = requireKnownUser(context, context.database, id)
  const remove = context.users.remove(user.id, request)
  await context.database.write((tx) => {
    remove(tx)
    audit(context, tx, request, { event: 'user.deleted', target: targetOf(user) })
    deleteCredentials(context, tx, user.id)
    invalidate(context, tx, { kind: 'user', id: user.id })
  })
}

/** Keeps a user out, at once. */
export function blockUser(context: AuthContext, request: RequestContext, id: string): Promise<string> {
  return saveBlocked(context, request, { id, blocked: true })
}

/** Lets a user in again. */
export function unblockUser(context: AuthContext, request: RequestContext, id: string): Promise<string> {
  return saveBlocked(context, request, { id, blocked: false })
}

/**
 * An actor that may manage users may write their fields: a key with the scope `auth` needs no scope for documents here. Not
 * the key of a user, nor internal fields: those are nobody's but the server's.
 */
function managing(actor: Actor): Actor {
  if (actor.kind !== 'service_key') return actor
  return { ...actor, scopes: [...actor.scopes, { scope: 'data:write', collections: [USERS] }] }
}

/** By id or, for people who type, by address. */
export function requireKnownUser(context: AuthContext, reads: Reads, id: string): UserFacts {
  const user = id.includes('@') ? context.users.byEmail(reads, normalizeEmail(id)) : context.users.byId(reads, id)
  if (!user) throw new AppError('NOT_FOUND', `There is no user '${id}'.`)
  return user
}

/** A user as the audit log names them. */
export function targetOf({ id, email }: UserFacts) {
  return { kind: 'user', id, name: email }
}

async function saveBlocked(
  context: AuthContext,
  request: RequestContext,
  { id, blocked }: { readonly id: string; readonly blocked: boolean },
): Promise<string> {
  const user = requireKnownUser(context, context.database, id)
  await context.database.write((tx) => {
    setBlocked(tx, user.id, blocked ? request.time : null, request.time)
    audit(context, tx, request, { event: blocked ? 'user.blocked' : 'user.unblocked', target: targetOf(user) })
    invalidate(context, tx, { kind: 'user', id: user.id })
    if (!blocked) return
    deleteAllOneTimeTokens(tx, user.id)
    endSessionsOf(context, tx, { kind: 'user', id: user.id })
  })
  return userText(context, user.id)
}

function userText(context: AuthContext, id: string): string {
  const document = context.users.document(context.database, id, SYSTEM)
  if (document === null) throw new AppError('NOT_FOUND', `There is no user '${id}'.`)
  return `${document.slice(0, -1)},"account":${JSON.stringify(fullAccountView(context.database, id))}}`
}

function accountView(reads: Reads, id: string) {
  const { password, anonymous, blockedAt } = findAccount(reads, id)
  return {
    blocked_at: blockedAt === null ? null : new Date(blockedAt).toISOString(),
    anonymous,
    has_password: password !== null,
    mfa: findTotp(reads, id)?.active ?? false,
  }
}

function fullAccountView(reads: Reads, id: string) {
  return {
    ...accountView(reads, id),
    providers: identitiesOf(reads, id).map(({ provider }) => provider),
    passkeys: passkeysOf(reads, id).length,
  }
}

function standing({ email, role, verified }: UserFacts) {
  return { email, role, verified }
}
