import { isEmail } from './formats'

/**
 * The one form in which an address is stored, compared and counted: without white space around it, and in lower case. Only ASCII letters are
 * folded: Unicode's rules would turn look-alikes such as U+212A (the Kelvin sign) into ASCII, and somebody else's address into a user's. What
 * is not ASCII stays as it is, so that isEmail refuses it.
 */
export function normalizeEmail(text: string): string {
  return text.trim().replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}

/** An address from elsewhere as it would be stored; null where it is not one. */
export function parseEmail(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > 1000) return null
  const email = normalizeEmail(value)
  return isEmail(email) ? email : null
}
