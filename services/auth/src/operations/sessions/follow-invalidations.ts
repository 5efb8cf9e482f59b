import type { Database } from '@koyalite/sqlite'
import {
  changedUsers,
  type ForgottenPosition,
  type ForgottenRow,
  forgottenSince,
  lastForgotten,
} from '../../store/invalidations'
import type { VerifiedTokens } from '../../tokens/verified-tokens'

/**
 * In a process that only reads: forgets, as soon as commits of others are noticed, what they have made untrue. Together with
 * `look` before each request, what was revoked through any process is revoked in this one.
 */
export function followForgotten(database: Database, verified: VerifiedTokens): () => void {
  let position: ForgottenPosition = { seq: database.feed.lastSeq, n: lastForgotten(database) }
  let { epoch } = database.feed

  function forget({ kind, id }: ForgottenRow): void {
    verified.forget({ kind: kind === 'key' ? 'service_key' : kind, id })
  }

  return database.onCommitsOfOthers(() => {
    // Taken before reading: what is committed meanwhile is noticed by itself.
    const upTo = database.feed.lastSeq
    const { seq, n } = position
    // After a reset numbers of the past mean nothing.
    const forgotten = database.feed.epoch === epoch ? forgottenSince(database, n) : null
    epoch = database.feed.epoch
    if (forgotten === null) verified.forget({ kind: 'anything' })
    else for (const row of forgotten.rows) forget(row)
    if (upTo > seq) for (const id of changedUsers(database, seq, upTo)) verified.forget({ kind: 'user', id })
    // Reading may have noticed, and dealt with, more than this.
    const reached = forgotten === null ? lastForgotten(database) : Math.max(forgotten.n, position.n)
    position = { seq: Math.max(upTo, position.seq), n: reached }
  })
}
