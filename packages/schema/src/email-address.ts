import { isEmail } from './formats'

/**
 * The one form in which an address is stored, compared and counted: without white space around it, and in lower case. Only ASCII letters are
 * folded: Unicode's rules would turn look-alikes such as U+212A (the Kelvin sign) into ASCII, and somebody else's address into a user's. What
 * is not ASCII stays as it is, so that isEmail refuses it.
 */
export function normalizeEmail(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isBlank(text.charCodeAt(start))) start++
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--
  return text.slice(start, end).replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}

/** ASCII white space. Not by a pattern: one that ends at `$` is quadratic in a text full of blanks. */
function isBlank(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d)
}

/** An address from elsewhere as it would be stored; null where it is not one. */
export function parseEmail(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > 1000) return null
  const email = normalizeEmail(value)
  return isEmail(email) ? email : null
}
