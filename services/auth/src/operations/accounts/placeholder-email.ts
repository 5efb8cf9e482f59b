import { isEmail, normalizeEmail } from '@koyalite/schema'

const DOMAIN = 'anonymous.invalid'

/** An address for a user who has none. The domain is reserved: it will never exist. */
export function placeholderEmail(): string {
  return `${crypto.randomUUID()}@${DOMAIN}`
}

export function isPlaceholder(email: string): boolean {
  return email.endsWith(`@${DOMAIN}`)
}

/** Whether somebody can have an address: a placeholder is an anonymous user's, whoever says it is theirs. */
export function isOwnable(email: string): boolean {
  return isEmail(email) && !isPlaceholder(normalizeEmail(email))
}
