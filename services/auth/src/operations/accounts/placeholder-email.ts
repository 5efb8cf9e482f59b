import { isEmail, normalizeEmail } from '@koyalite/schema'

const DOMAIN = 'anonymous.invalid'

/** An address for a user who has none. The domain is reserved: it will never exist. */
export function placeholderEmail(): string {
  return `${crypto.randomUUID()}@${DOMAIN}`
}

export function isPlaceholder(email: string): boolean {
  return email.endsWith(`@${DOMAIN}`)
}

/** Whether an address can belong to somebody: a placeholder belongs to an anonymous user, whatever anybody claims. */
export function isOwnable(email: string): boolean {
  return isEmail(email) && !isPlaceholder(normalizeEmail(email))
}
