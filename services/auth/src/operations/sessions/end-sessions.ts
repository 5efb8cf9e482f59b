import type { Tx } from '@koyalite/contracts'
import type { AuthRuntime } from '../../auth-runtime'
import {
  deleteImpersonationsBy,
  deleteSession,
  deleteSessionsOf,
  deleteSessionsWithoutPassword,
  type SubjectKind,
} from '../../store/sessions'
import type { Invalidation } from '../../tokens/verified-tokens'

/**
 * Sessions end through this file only: their access tokens stop being valid with the commit, before the caller hears
 * of it.
 */
export interface TokenCache {
  readonly runtime: Pick<AuthRuntime, 'verified'>
}

/** Ends a session with its refresh tokens; returns false if it had ended already. */
export function endSession(context: TokenCache, tx: Tx, id: string): boolean {
  const ended = deleteSession(tx, id)
  invalidateSessions(context, tx, [id])
  return ended
}

/** Ends all sessions of a user or operator, except `keep`. Returns the ids of those that ended. */
export function endSessionsOf(
  context: TokenCache,
  tx: Tx,
  subject: { readonly kind: SubjectKind; readonly id: string; readonly keep?: string | null },
): readonly string[] {
  const { kind, id, keep = null } = subject
  return invalidateSessions(context, tx, deleteSessionsOf(tx, kind, id, keep))
}

/** Ends the sessions of a user that did not begin with a password. */
export function endSessionsWithoutPassword(context: TokenCache, tx: Tx, userId: string): void {
  invalidateSessions(context, tx, deleteSessionsWithoutPassword(tx, userId))
}

/** Ends what an operator has begun in the name of others. */
export function endImpersonationsBy(context: TokenCache, tx: Tx, operatorId: string): void {
  invalidateSessions(context, tx, deleteImpersonationsBy(tx, operatorId))
}

/**
 * Once the write is committed, nothing that was verified for this session, user, operator or key is trusted unseen.
 */
export function invalidate({ runtime }: TokenCache, tx: Tx, what: Invalidation): void {
  tx.afterCommit(() => runtime.verified.invalidate(what))
}

function invalidateSessions(context: TokenCache, tx: Tx, ids: readonly string[]): readonly string[] {
  for (const id of ids) invalidate(context, tx, { kind: 'session', id })
  return ids
}
