import type { Tx } from '@koyalite/contracts'
import { rateLimited } from '@koyalite/kernel'
import type { AuthContext } from '../../auth-context'
import { findLoginFailures, saveLoginFailures } from '../../store/login-failures'
import { hashSecret } from '../../tokens/secret'

/** Wrong passwords or codes in a row before an account is locked; each further one locks it for twice as long. */
const FREE_FAILURES = 10
const FIRST_LOCK = 30_000
const LONGEST_LOCK = 15 * 60_000

/**
 * What wrong passwords for a user's address are counted under. Hashed: people type passwords where the address
 * belongs.
 */
export function userAccount(email: string): string {
  return hashSecret(`user ${email}`)
}

/** Wrong mailed codes. Apart from passwords: a person who knows one must not get guesses at the other by it. */
export function mailedCodeAccount(email: string): string {
  return hashSecret(`otp ${email}`)
}

/** Wrong codes of a user's app, and recovery codes. */
export function secondFactorAccount(userId: string): string {
  return hashSecret(`mfa ${userId}`)
}

export function operatorAccount(email: string): string {
  return hashSecret(`operator ${email}`)
}

/** Throws RATE_LIMITED while an account is locked, whether there is such an account or not. */
export function requireUnlocked(context: AuthContext, account: string, now: number): void {
  const { lockedUntil } = findLoginFailures(context.database, account)
  if (lockedUntil > now) throw rateLimited(lockedUntil - now)
}

/** The same inside a write: of many guesses at once, those after the one that locked are not checked. */
export function isLocked(tx: Tx, account: string, now: number): boolean {
  return findLoginFailures(tx, account).lockedUntil > now
}

/** What comes in while it is locked does not lock it for longer. */
export function countLoginFailure(tx: Tx, account: string, now: number): void {
  if (isLocked(tx, account, now)) return
  const failures = findLoginFailures(tx, account).failures + 1
  const beyond = failures - FREE_FAILURES
  const lock = beyond < 0 ? 0 : Math.min(LONGEST_LOCK, FIRST_LOCK * 2 ** beyond)
  saveLoginFailures(tx, account, { failures, lockedUntil: lock === 0 ? 0 : now + lock }, now)
}
