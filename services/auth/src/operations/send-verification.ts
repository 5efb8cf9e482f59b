import type { Tx } from '@koyalite/sqlite'
import type { AuthContext } from '../auth-context'
import { hashSecret, randomSecret } from '../secret'
import { deleteOneTimeTokens, insertOneTimeToken } from '../store/one-time-tokens'

export const VERIFY_TTL = 24 * 3_600_000

/** Sends a link that proves that the address of a user is theirs. Nothing for a user whose address is proved, or who has none. */
export function sendVerification(context: AuthContext, tx: Tx, userId: string, now: number): void {
  const user = context.users.byId(tx, userId)
  if (!user || user.verified || isPlaceholder(user.email)) return
  const token = randomSecret()
  deleteOneTimeTokens(tx, 'verify_email', userId)
  insertOneTimeToken(tx, {
    hash: hashSecret(token),
    purpose: 'verify_email',
    subject: userId,
    data: { email: user.email },
    expiresAt: now + VERIFY_TTL,
  })
  context.mail.queue(tx, {
    template: 'verify_email',
    to: user.email,
    link: mailLink(context, 'verify-email', token),
    validFor: VERIFY_TTL,
  })
}

/** A page of this server, with a secret behind the `#`: what stands there is sent to no server and no log. */
export function mailLink(context: AuthContext, page: string, token: string): string {
  return `${context.publicUrl()}/_/auth/${page}#token=${token}`
}

const PLACEHOLDER_DOMAIN = 'anonymous.invalid'

/** An address for a user who has none. The domain is reserved: it will never exist. */
export function placeholderEmail(): string {
  return `${crypto.randomUUID()}@${PLACEHOLDER_DOMAIN}`
}

export function isPlaceholder(email: string): boolean {
  return email.endsWith(`@${PLACEHOLDER_DOMAIN}`)
}
