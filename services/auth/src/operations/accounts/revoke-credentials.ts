import type { Tx } from '@koyalite/contracts'
import { deleteAccount, findAccount, setPassword } from '../../store/accounts'
import { deleteIdentitiesOf } from '../../store/identities'
import { deleteAllOneTimeTokens } from '../../store/one-time-tokens'
import { deletePasskeysOf } from '../../store/passkeys'
import { deleteTotp } from '../../store/totp'
import { endSessionsOf, endSessionsWithoutPassword, type TokenCache } from '../sessions/end-sessions'

/** Removes everything of a deleted user, including sessions. */
export function deleteCredentials(context: TokenCache, tx: Tx, userId: string): void {
  deleteAccount(tx, userId)
  deleteSignIns(context, tx, userId)
}

/** Removes all that a user could sign in with, including the password and all sessions. A blocked user stays blocked. */
export function revokeCredentials(context: TokenCache, tx: Tx, userId: string, now: number): void {
  setPassword(tx, userId, null, now)
  deleteSignIns(context, tx, userId)
}

/**
 * Takes away all that was set up on an account before its address was proved, except for the password and what was begun
 * with it. An account without a password loses everything.
 */
export function revokeUnproved(context: TokenCache, tx: Tx, userId: string, now: number): void {
  if (findAccount(tx, userId).password === null) {
    revokeCredentials(context, tx, userId, now)
    return
  }
  deleteTotp(tx, userId)
  deletePasskeysOf(tx, userId)
  deleteIdentitiesOf(tx, userId)
  deleteAllOneTimeTokens(tx, userId)
  endSessionsWithoutPassword(context, tx, userId)
}

function deleteSignIns(context: TokenCache, tx: Tx, userId: string): void {
  deleteTotp(tx, userId)
  deletePasskeysOf(tx, userId)
  deleteIdentitiesOf(tx, userId)
  deleteAllOneTimeTokens(tx, userId)
  endSessionsOf(context, tx, { kind: 'user', id: userId })
}
