import { z } from 'zod'
import { type AuthContext, audit, charge, type Visit } from '../../auth-context'
import { emailInput, parseInput, secretInput } from '../../parse-input'
import { findAccount, promoteAccount } from '../../store/accounts'
import {
  consumeOneTimeToken,
  deleteAllOneTimeTokens,
  deleteOneTimeTokens,
  insertOneTimeToken,
} from '../../store/one-time-tokens'
import { hashSecret, randomSecret } from '../../tokens/secret'
import { invalidate } from '../sessions/end-sessions'
import { confirmPassword } from '../sign-in/confirm-password'
import { requireUserInPerson } from '../sign-in/require-actor'
import { requireFresh } from '../sign-in/require-fresh'
import { mailLink } from './mail-link'
import { staleLink } from './password-reset'
import { isOwnable, isPlaceholder } from './placeholder-email'

const CHANGE_TTL = 3_600_000

export const changeEmailInput = z.strictObject({
  email: emailInput.refine(isOwnable, { error: 'must be an e-mail address' }),
  /** Needed of whoever has one; others need a fresh sign-in. */
  password: z.string().optional(),
})
export const confirmEmailInput = z.strictObject({ token: secretInput })

/**
 * Sends a link to a new address; it becomes the user's when the link is opened. An address that is taken gets none, and that shows in
 * nothing. Throws VALIDATION_ERROR, UNAUTHENTICATED where the password is wrong, FORBIDDEN where there is none and the sign-in too long ago,
 * RATE_LIMITED.
 */
export async function requestEmailChange(context: AuthContext, visit: Visit, input: unknown): Promise<void> {
  const actor = requireUserInPerson(visit.actor)
  const { email, password } = parseInput(changeEmailInput, input)
  const rate = context.settings.auth.rate_limit.mail
  charge(context, visit, { name: 'mail', rate, account: [actor.id, email] })
  if (findAccount(context.database, actor.id).password === null) requireFresh(context, visit)
  else await confirmPassword(context, visit, actor, password ?? '')
  await context.database.write((tx) => {
    audit(context, tx, visit, { event: 'auth.email_change_requested', details: { email } })
    deleteOneTimeTokens(tx, 'change_email', actor.id)
    const taken = context.users.byEmail(tx, email) !== null
    const token = randomSecret()
    const data = { email, from: actor.email }
    insertOneTimeToken(tx, {
      hash: hashSecret(token),
      purpose: 'change_email',
      // What nobody is told of is good for nothing.
      subject: taken ? null : actor.id,
      data,
      expiresAt: visit.time + CHANGE_TTL,
    })
    const link = mailLink(context, 'confirm-email', token)
    const mail = { template: 'change_email', to: email, link, validFor: CHANGE_TTL } as const
    if (taken) context.mail.discard(tx, mail)
    else context.mail.queue(tx, mail)
  })
}

/** Makes the new address the user's, proved. The old one is told. Throws INVALID_REQUEST where the link is not good, CONFLICT where it is taken now. */
export async function confirmEmailChange(context: AuthContext, visit: Visit, input: unknown): Promise<void> {
  const { token } = parseInput(confirmEmailInput, input)
  await context.database.write((tx) => {
    const known = consumeOneTimeToken(tx, 'change_email', hashSecret(token), visit.time)
    const user = known?.subject ? context.users.byId(tx, known.subject) : null
    const { email, from } = (known?.data ?? {}) as { readonly email?: string; readonly from?: string }
    if (!user || email === undefined || user.email !== from) throw staleLink()
    context.users.update(user.id, { fields: {}, by: 'own', server: { email, verified: true }, visit })(tx)
    // Whoever was anonymous signs in by mail from now on.
    promoteAccount(tx, user.id)
    // What was sent to the old address is for nobody any more.
    deleteAllOneTimeTokens(tx, user.id)
    const actor = { kind: 'user', id: user.id, name: email } as const
    audit(context, tx, visit, { event: 'auth.email_changed', actor, details: { before: user.email, after: email } })
    if (!isPlaceholder(user.email)) context.mail.queue(tx, { template: 'email_changed', to: user.email })
    invalidate(context, tx, { kind: 'user', id: user.id })
  })
}
