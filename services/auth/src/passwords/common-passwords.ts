import passwords from '@zxcvbn-ts/language-common/src/passwords.json' with { type: 'text' }

/**
 * Some 49,000 passwords in lower case: `,"123456","password",…,`, a list in JSON with commas instead of its brackets.
 * TypeScript knows what is in the file, not that it is imported as text.
 */
const LIST = (passwords as unknown as string).trim().replace(/^\[|\]$/g, ',')

/**
 * Whether a password is one of the most common ones, in whatever case. A search in the text takes 50 µs, of the 50 ms
 * of hashing, and needs no memory.
 */
export function isCommonPassword(password: string): boolean {
  return LIST.includes(`,${JSON.stringify(fold(password))},`)
}

/** NFC, without case: ß is ss, ſ is s. */
function fold(password: string): string {
  return password.normalize('NFC').toUpperCase().toLowerCase()
}
