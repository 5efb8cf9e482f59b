import {
  type Actor,
  AppError,
  openObject,
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
import { findAccount, insertAccount, lastSignedIn, setBlockDetails, setBlocked } from '../../store/accounts'
import { identitiesOf } from '../../store/identities'
import { deleteAllOneTimeTokens } from '../../store/one-time-tokens'
import { passkeysOf } from '../../store/passkeys'
import { findTotp } from '../../store/totp'
import { sendVerification } from '../accounts/mail-link'
import { deleteCredentials } from '../accounts/revoke-credentials'
import { documentText } from '../inputs'
import { endSessionsOf, invalidate } from '../sessions/end-sessions'

/** Fields of `users`, and perhaps a password. */
export const createUserInput = openObject({ email: documentText, password: documentText }).meta({ required: ['email'] })
export type CreateUserInput = z.output<typeof createUserInput>

/** A page of users as REST lists them, each with what is known of their account. */
export async function listUsers(context: AuthContext, request: RequestContext, query: UserListQuery): Promise<string> {
  if (query.sort === LAST_SIGN_IN) return listLastSignedIn(context, request, query)
  const page = JSON.parse(await context.users.list(SYSTEM, query, request)) as { docs: readonly { id: string }[] }
  const users = page.docs.map((doc) => ({ ...doc, account: accountView(context.database, doc.id) }))
  const { docs: _docs, ...rest } = page
  return JSON.stringify({ users, ...rest })
}

/** It is no field of `users`. */
const LAST_SIGN_IN = '-last_sign_in_at'
const MAX_LAST_SIGNED_IN = 200

/** Who has signed in last, of those that the filters leave: of the last 200, in one page. */
async function listLastSignedIn(context: AuthContext, request: RequestContext, query: UserListQuery): Promise<string> {
  const ids = lastSignedIn(context.database, MAX_LAST_SIGNED_IN)
  const filter = [...(query.filter ?? []), JSON.stringify({ id: { $in: ids } })]
  const { sort: _sort, cursor: _cursor, offset: _offset, ...rest } = query
  const page = JSON.parse(
    await context.users.list(SYSTEM, { ...rest, filter, limit: MAX_LAST_SIGNED_IN }, request),
  ) as { docs: readonly { id: string }[]; total?: number }
  const byId = new Map(page.docs.map((doc) => [doc.id, doc]))
  const users = ids.flatMap((id) => {
    const doc = byId.get(id)
    return doc === undefined ? [] : [{ ...doc, account: accountView(context.database, id) }]
  })
  const total = page.total === undefined ? {} : { total: page.total }
  return JSON.stringify({ users: users.slice(0, query.limit), ...total, next_cursor: null })
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

export const blockUserInput = z.strictObject({
  reason: z.string().trim().max(500).optional().describe('For operators; the user is not told.'),
  until: z.iso.datetime({ offset: true }).optional().describe('When the block ends by itself.'),
})
export type BlockUserInput = z.output<typeof blockUserInput>

/** Keeps a user out, at once. Throws INVALID_REQUEST for an end that is over. */
export function blockUser(
  context: AuthContext,
  request: RequestContext,
  id: string,
  { reason, until }: BlockUserInput = {},
): Promise<string> {
  const end = until === undefined ? null : Date.parse(until)
  if (end !== null && end <= request.time) throw new AppError('INVALID_REQUEST', 'until must be in the future')
  return saveBlocked(context, request, { id, blocked: true, reason: reason || null, until: end })
}

/** Lets a user in again. */
export function unblockUser(context: AuthContext, request: RequestContext, id: string): Promise<string> {
  return saveBlocked(context, request, { id, blocked: false, reason: null, until: null })
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

interface BlockDetails {
  readonly reason: string | null
  /** Milliseconds since 1970. */
  readonly until: number | null
}

function isoOf(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString()
}

async function saveBlocked(
  context: AuthContext,
  request: RequestContext,
  { id, blocked, ...why }: { readonly id: string; readonly blocked: boolean } & BlockDetails,
): Promise<string> {
  const user = requireKnownUser(context, context.database, id)
  await context.database.write((tx) => {
    setBlocked(tx, user.id, blocked ? request.time : null, request.time)
    setBlockDetails(tx, user.id, why)
    const details = blocked ? { reason: why.reason, until: isoOf(why.until) } : {}
    audit(context, tx, request, { event: blocked ? 'user.blocked' : 'user.unblocked', target: targetOf(user), details })
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
  const { password, anonymous, blockedAt, blockReason, blockedUntil, signedInAt } = findAccount(reads, id)
  return {
    blocked_at: isoOf(blockedAt),
    block_reason: blockReason,
    blocked_until: isoOf(blockedUntil),
    last_sign_in_at: isoOf(signedInAt),
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
