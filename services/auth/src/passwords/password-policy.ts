import { AppError, type ErrorDetail } from '@koyalite/contracts'
import { isCommonPassword } from './common-passwords'

/** `auth.password` of the settings. */
export interface PasswordPolicy {
  readonly min_length: number
  readonly require_uppercase: boolean
  readonly require_number: boolean
  readonly require_special: boolean
  readonly common: 'refuse' | 'allow'
}

/** Longer ones would only be work for the server. */
const MAX_BYTES = 1024

/**
 * A password as it is hashed and measured. One keyboard sends é as one code point, another as two that look the same
 * (NFC makes them one). Not NFKC: it would make different characters equal, so weaken passwords.
 */
export function normalizePassword(password: string): string {
  return password.normalize('NFC')
}

/**
 * Everything that is wrong with a new password; empty where nothing is. Its length is counted in code points, after
 * NFC.
 */
export function passwordProblems(policy: PasswordPolicy, given: unknown, field = 'password'): readonly ErrorDetail[] {
  const problem = (code: string, message: string): ErrorDetail => ({ field, code, message: `${field} ${message}` })
  if (given === undefined) return [problem('required', 'is required')]
  if (typeof given !== 'string') return [problem('type', 'must be a string')]
  // Halves of characters are all hashed alike: such passwords would match one another.
  if (!given.isWellFormed()) return [problem('text', 'must be valid Unicode text')]
  const password = normalizePassword(given)
  const problems: ErrorDetail[] = []
  const length = [...password].length
  if (length < policy.min_length)
    problems.push(problem('minLength', `must have at least ${policy.min_length} characters`))
  if (Buffer.byteLength(password) > MAX_BYTES)
    problems.push(problem('maxLength', `must have at most ${MAX_BYTES} bytes`))
  if (policy.require_uppercase && !/\p{Lu}/u.test(password))
    problems.push(problem('uppercase', 'must have an upper-case letter'))
  if (policy.require_number && !/\p{Nd}/u.test(password)) problems.push(problem('number', 'must have a digit'))
  if (policy.require_special && !/[^\p{L}\p{N}\s]/u.test(password)) {
    problems.push(problem('special', 'must have a character that is neither letter nor digit'))
  }
  // Of a password that is refused anyway it says nothing more.
  if (problems.length === 0 && policy.common === 'refuse' && isCommonPassword(password)) {
    const advice = 'choose a longer one that only you would think of, such as several unrelated words'
    problems.push(problem('common', `is on the lists of common passwords that attackers try first: ${advice}`))
  }
  return problems
}

/** What a form says of the policy before anything is entered. */
export function passwordHint(policy: PasswordPolicy): string {
  const parts = [
    ...(policy.require_uppercase ? ['an upper-case letter'] : []),
    ...(policy.require_number ? ['a digit'] : []),
    ...(policy.require_special ? ['a character that is neither letter nor digit'] : []),
  ]
  const { min_length: length } = policy
  const start = `At least ${length === 1 ? 'one character' : `${length} characters`}`
  return parts.length === 0 ? start : `${start}, with ${new Intl.ListFormat('en').format(parts)}`
}

/** Throws VALIDATION_ERROR where a new password does not meet the policy. */
export function requireGoodPassword(
  policy: PasswordPolicy,
  password: unknown,
  field = 'password',
): asserts password is string {
  const details = passwordProblems(policy, password, field)
  if (details.length > 0)
    throw new AppError('VALIDATION_ERROR', details[0]?.message ?? 'The password does not meet the requirements.', {
      details,
    })
}

/** A password that somebody signs in with: whatever it is, unless it is too long to be one. */
export function isPossiblePassword(password: string): boolean {
  return password.length > 0 && Buffer.byteLength(password) <= MAX_BYTES
}
