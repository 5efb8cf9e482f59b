import type { Database } from '@koyalite/sqlite'
import {
  changedUsers,
  type InvalidationPosition,
  type InvalidationRow,
  invalidationsSince,
  lastInvalidation,
} from '../../store/invalidations'
import type { VerifiedTokens } from '../../tokens/verified-tokens'

/**
 * In a process that only reads: invalidates what commits of others have changed, as soon as they are noticed. Together
 * with `look` before each request, what was revoked through any process is revoked in this one. Returns what stops it.
 */
export function followInvalidations(database: Database, verified: VerifiedTokens): () => void {
  let position: InvalidationPosition = { seq: database.feed.lastSeq, n: lastInvalidation(database) }
  let { epoch } = database.feed

  function invalidate({ kind, id }: InvalidationRow): void {
    verified.invalidate({ kind: kind === 'key' ? 'service_key' : kind, id })
  }

  return database.onCommitsOfOthers(() => {
    // Taken before reading: what is committed meanwhile is noticed by itself.
    const upTo = database.feed.lastSeq
    const { seq, n } = position
    // After a reset, earlier numbers mean nothing.
    const found = database.feed.epoch === epoch ? invalidationsSince(database, n) : null
    epoch = database.feed.epoch
    if (found === null) verified.invalidate({ kind: 'anything' })
    else for (const row of found.rows) invalidate(row)
    if (upTo > seq) for (const id of changedUsers(database, seq, upTo)) verified.invalidate({ kind: 'user', id })
    // Reading may have noticed, and dealt with, more than this.
    const reached = found === null ? lastInvalidation(database) : Math.max(found.n, position.n)
    position = { seq: Math.max(upTo, position.seq), n: reached }
  })
}
