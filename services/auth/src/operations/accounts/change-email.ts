import { AppError, type Reads, type UserFacts } from '@koyalite/contracts'
import { z } from 'zod'
import { isUserInPerson, type UserInPerson } from '../../actors'
import { type AuthContext, audit, charge, type RequestContext } from '../../auth-context'
import { findAccount, promoteAccount } from '../../store/accounts'
import {
  consumeOneTimeToken,
  deleteAllOneTimeTokens,
  deleteOneTimeTokens,
  insertOneTimeToken,
  type OneTimeToken,
  peekOneTimeToken,
} from '../../store/one-time-tokens'
import { hashSecret, randomSecret } from '../../tokens/secret'
import { emailInput, secretInput } from '../inputs'
import { invalidate } from '../sessions/end-sessions'
import { confirmPassword } from '../sign-in/confirm-password'
import { requireFresh } from '../sign-in/require-fresh'
import { mailLink, sendAccountNotice } from './mail-link'
import { mailLocale } from './mail-locale'
import { staleLink } from './password-reset'
import { isOwnable, isPlaceholder } from './placeholder-email'

const CHANGE_TTL = 3_600_000

export const changeEmailInput = z.strictObject({
  email: emailInput.refine(isOwnable, { error: 'must be an email address' }),
  /** Required of users who have one; others need a fresh sign-in. */
  password: z.string().optional(),
})
export type ChangeEmailInput = z.output<typeof changeEmailInput>
export const confirmEmailInput = z.strictObject({
  token: secretInput,
  /** Of the account, unless the request is signed in to it. */
  password: z.string().optional(),
})
export type ConfirmEmailInput = z.output<typeof confirmEmailInput>

/**
 * Sends a link to a new address, which `confirmEmailChange` takes. An address that is taken gets none, and the
 * response does not show it. Throws VALIDATION_ERROR, UNAUTHENTICATED where the password is wrong, FORBIDDEN where
 * there is none and the sign-in too long ago, RATE_LIMITED.
 */
export async function requestEmailChange(
  context: AuthContext,
  request: RequestContext<UserInPerson>,
  { email, password }: ChangeEmailInput,
): Promise<void> {
  const { actor } = request
  const rate = context.settings.auth.rate_limit.mail
  charge(context, request, { name: 'mail', rate, account: [actor.id, email] })
  if (findAccount(context.database, actor.id).password === null) requireFresh(context, request)
  else await confirmPassword(context, request, actor, password ?? '')
  await context.database.write((tx) => {
    audit(context, tx, request, { event: 'auth.email_change_requested', details: { email } })
    deleteOneTimeTokens(tx, 'change_email', actor.id)
    const owner = context.users.byEmail(tx, email)
    const taken = owner !== null
    const token = randomSecret()
    const data = { email, from: actor.email }
    insertOneTimeToken(tx, {
      hash: hashSecret(token),
      purpose: 'change_email',
      // The link is sent to nobody then, and is not valid.
      subject: taken ? null : actor.id,
      data,
      expiresAt: request.time + CHANGE_TTL,
    })
    const link = mailLink(context, 'confirm-email', token)
    const locale = mailLocale(actor)
    const mail = { template: 'change_email', to: email, link, validFor: CHANGE_TTL, locale } as const
    context.mail[taken ? 'discard' : 'queue'](tx, mail)
    if (context.settings.auth.enumeration === 'hidden') sendAccountNotice(context, tx, owner)
  })
}

/**
 * Makes the new address the user's, verified, and notifies the old one. The link alone is not enough: a person who reads the
 * new mailbox need not be who asked for the change, so it takes the account's own session or password as well.
 * SPEC.md, section P. A refusal leaves the link valid. Throws INVALID_REQUEST where the link is not valid,
 * UNAUTHENTICATED without session and password, RATE_LIMITED, CONFLICT where the address is taken by now.
 */
export async function confirmEmailChange(
  context: AuthContext,
  request: RequestContext,
  { token, password }: ConfirmEmailInput,
): Promise<void> {
  const hash = hashSecret(token)
  const asked = changeOf(
    context,
    context.database,
    peekOneTimeToken(context.database, 'change_email', hash, request.time),
  )
  const confirmed = isUserInPerson(request.actor, asked.user.id)
    ? null
    : await ownPassword(context, request, asked.user, password)
  await context.database.write((tx) => {
    const { user, email } = changeOf(context, tx, consumeOneTimeToken(tx, 'change_email', hash, request.time))
    // It may have been changed while it was verified.
    if (confirmed !== null && findAccount(tx, user.id).password !== confirmed) throw notTheirs()
    context.users.update(user.id, { fields: {}, by: 'own', server: { email, verified: true }, request })(tx)
    // An anonymous user signs in by mail from now on.
    promoteAccount(tx, user.id)
    // What was sent to the old address is void.
    deleteAllOneTimeTokens(tx, user.id)
    const actor = { kind: 'user', id: user.id, name: email } as const
    audit(context, tx, request, { event: 'auth.email_changed', actor, details: { before: user.email, after: email } })
    if (!isPlaceholder(user.email))
      context.mail.queue(tx, { template: 'email_changed', to: user.email, locale: mailLocale(user) })
    invalidate(context, tx, { kind: 'user', id: user.id })
  })
}

/**
 * Who asked for which address. Throws INVALID_REQUEST where the link is not valid, or they have another address by
 * now.
 */
function changeOf(
  context: AuthContext,
  reads: Reads,
  known: OneTimeToken | null,
): { readonly user: UserFacts; readonly email: string } {
  const user = known?.subject ? context.users.byId(reads, known.subject) : null
  const { email, from } = (known?.data ?? {}) as { readonly email?: string; readonly from?: string }
  if (!user || email === undefined || user.email !== from) throw staleLink()
  return { user, email }
}

/** The stored hash of the account's password, which was sent with the link. Throws UNAUTHENTICATED, RATE_LIMITED. */
async function ownPassword(
  context: AuthContext,
  request: RequestContext,
  user: UserFacts,
  password: string | undefined,
): Promise<string> {
  const hasPassword = findAccount(context.database, user.id).password !== null
  if (!hasPassword || password === undefined || password === '') throw notTheirs()
  return confirmPassword(context, request, user, password)
}

function notTheirs(): AppError {
  return new AppError('UNAUTHENTICATED', 'Sign in to the account that will use the address, or send its password.')
}
