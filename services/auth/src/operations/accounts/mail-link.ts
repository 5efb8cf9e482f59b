import type { OwnMail, Reads, Tx, UserFacts } from '@koyalite/contracts'
import type { AuthContext } from '../../auth-context'
import { findAccount } from '../../store/accounts'
import {
  consumeOneTimeToken,
  deleteOneTimeTokens,
  insertOneTimeToken,
  type OneTimeToken,
  peekOneTimeToken,
  type TokenPurpose,
} from '../../store/one-time-tokens'
import { hashSecret, randomSecret } from '../../tokens/secret'
import { mailLocale } from './mail-locale'
import { isPlaceholder } from './placeholder-email'

/** Links that are sent to a user's address, and prove access to its mail. */
export type LinkKind = Extract<TokenPurpose, 'verify_email' | 'reset_password' | 'magic_link'>

const HOUR = 3_600_000

const LINKS: Readonly<Record<LinkKind, { readonly page: string; readonly validFor: number }>> = {
  verify_email: { page: 'verify-email', validFor: 24 * HOUR },
  reset_password: { page: 'reset-password', validFor: HOUR },
  magic_link: { page: 'magic-link', validFor: HOUR / 4 },
}

/** Sends a user a link; it replaces one of its kind that was sent before. Nothing for a user without an address. */
export function sendLink(context: AuthContext, tx: Tx, user: UserFacts, kind: LinkKind): void {
  if (!isPlaceholder(user.email)) context.mail.queue(tx, makeLink(context, tx, user, kind))
}

/**
 * Sends a link to the person who asked for one, where there is such a user and they may have it. Where not, the same is done
 * for nobody: how long the response takes shows nothing.
 */
export function sendAskedLink(context: AuthContext, tx: Tx, user: UserFacts | null, asked: AskedLink): void {
  const { recipient, exists } = recipientOf(tx, user)
  const mail = { ...makeLink(context, tx, recipient, asked.kind), locale: mailLocale(recipient, asked.locale) }
  context.mail[exists ? 'queue' : 'discard'](tx, mail)
}

export interface AskedLink {
  readonly kind: LinkKind
  /** Whoever asks may say which. */
  readonly locale: string | undefined
}

/** Says to the owner of an address that it has an account already; for nobody the same is done. */
export function sendAccountNotice(context: AuthContext, tx: Tx, owner: UserFacts | null): void {
  const { recipient, exists } = recipientOf(tx, owner)
  const mail = { ...makeLink(context, tx, recipient, 'reset_password'), template: 'account_exists' as const }
  context.mail[exists ? 'queue' : 'discard'](tx, mail)
}

/** To whom a mail goes that anybody can ask for: not to users who are blocked or have no address; then to nobody. */
export function recipientOf(
  tx: Tx,
  user: UserFacts | null,
): { readonly recipient: Recipient; readonly exists: boolean } {
  const { blockedAt } = findAccount(tx, user?.id ?? NOBODY.id)
  const exists = user !== null && blockedAt === null && !isPlaceholder(user.email)
  return { recipient: exists ? user : NOBODY, exists }
}

type Recipient = Pick<UserFacts, 'id' | 'email' | 'metadata'>

/** A link made for nobody is replaced by the next one, and leads to no user. */
const NOBODY: Recipient = { id: 'nobody', email: 'nobody@anonymous.invalid', metadata: null }

function makeLink(context: AuthContext, tx: Tx, user: Recipient, kind: LinkKind): OwnMail {
  const { id, email } = user
  const { page, validFor } = LINKS[kind]
  const token = randomSecret()
  deleteOneTimeTokens(tx, kind, id)
  insertOneTimeToken(tx, {
    hash: hashSecret(token),
    purpose: kind,
    subject: id,
    data: email,
    expiresAt: context.runtime.now() + validFor,
  })
  return { template: kind, to: email, link: mailLink(context, page, token), validFor, locale: mailLocale(user) }
}

/** Sends the link that proves a user's address, where it is not proved. */
export function sendVerification(context: AuthContext, tx: Tx, userId: string): void {
  const user = context.users.byId(tx, userId)
  if (user && !user.verified) sendLink(context, tx, user, 'verify_email')
}

/** Uses a link, once: whose it is, if it is valid and was sent to the address that is still theirs. */
export function takeLink(context: AuthContext, tx: Tx, kind: LinkKind, token: string): UserFacts | null {
  return ownerOfLink(context, tx, consumeOneTimeToken(tx, kind, hashSecret(token), context.runtime.now()))
}

/** The same without using it. */
export function peekLink(context: AuthContext, kind: LinkKind, token: string): UserFacts | null {
  const { database, runtime } = context
  return ownerOfLink(context, database, peekOneTimeToken(database, kind, hashSecret(token), runtime.now()))
}

function ownerOfLink(context: AuthContext, reads: Reads, known: OneTimeToken | null): UserFacts | null {
  const user = known?.subject ? context.users.byId(reads, known.subject) : null
  return user && known?.data === user.email ? user : null
}

/** A page of this server, with a secret behind the `#`: what stands there is sent to no server and no log. */
export function mailLink(context: AuthContext, page: string, token: string): string {
  return `${context.publicUrl()}/_/auth/${page}#token=${token}`
}

/** The same for operators: where the studio is. */
export function operatorLink(context: AuthContext, page: 'setup' | 'operator-password', token: string): string {
  return `${context.studioUrl()}/_/auth/${page}#token=${token}`
}
