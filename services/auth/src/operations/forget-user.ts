import type { Tx } from '@koyalite/sqlite'
import { deleteAccount, findAccount, setPassword } from '../store/accounts'
import { deleteIdentitiesOf } from '../store/identities'
import { deleteAllOneTimeTokens } from '../store/one-time-tokens'
import { deletePasskeysOf } from '../store/passkeys'
import { deleteSessionsOf, deleteSessionsWithoutPassword } from '../store/sessions'
import { deleteTotp } from '../store/totp'

/** Removes everything of a user who is not there any more; gives the sessions that ended. */
export function deleteCredentials(tx: Tx, userId: string): readonly string[] {
  deleteAccount(tx, userId)
  return deleteSignIns(tx, userId)
}

/** Takes away all that a user could sign in with, the password too; gives the sessions that ended. Whoever is blocked stays so. */
export function revokeCredentials(tx: Tx, userId: string, now: number): readonly string[] {
  setPassword(tx, userId, null, now)
  return deleteSignIns(tx, userId)
}

/**
 * Takes away all that was set up on an account before its address was proved, but for the password and what was begun with it. What has
 * no password loses everything. Returns the sessions that ended.
 */
export function revokeUnproved(tx: Tx, userId: string, now: number): readonly string[] {
  if (findAccount(tx, userId).password === null) return revokeCredentials(tx, userId, now)
  deleteTotp(tx, userId)
  deletePasskeysOf(tx, userId)
  deleteIdentitiesOf(tx, userId)
  deleteAllOneTimeTokens(tx, userId)
  return deleteSessionsWithoutPassword(tx, userId)
}

function deleteSignIns(tx: Tx, userId: string): readonly string[] {
  deleteTotp(tx, userId)
  deletePasskeysOf(tx, userId)
  deleteIdentitiesOf(tx, userId)
  deleteAllOneTimeTokens(tx, userId)
  return deleteSessionsOf(tx, 'user', userId)
}
