import { USERS } from '@koyalite/schema'
import type { Database } from '@koyalite/sqlite'
import { type ChangedDocument, changedBetween, committedSeq, reachesBack } from '../store/change-log'
import { documentsOfLists } from './documents-of-lists'
import type { GroupContext } from './live-group'
import type { LiveList, LiveQuery } from './live-query'
import { type Body, deltaBody } from './messages'
import type { Subscription } from './subscription'
import { compareEntries, isNameable, type Key, positionOf, UNCHANGED, type Window, type WindowEntry } from './window'
import { diffWindows } from './window-diff'

/** What a client has missed: a delta, or nothing. */
export interface MissedChanges {
  readonly body: Body | null
}

export interface ResumeInput {
  readonly subscription: Subscription
  /** The state that the client has. */
  readonly from: number
  readonly state: { readonly window: Window; readonly texts: readonly string[]; readonly seq: number }
}

/** Changes of more documents than these are ignored one by one: a snapshot says it shorter. */
const MAX_CHANGES = 2000
/** The log is looked through at once: of larger documents fewer changes. About 10 ms. */
const MAX_OLD_BYTES = 1024 * 1024

/**
 * The changes since a client disconnected. The window that it had is reconstructed from the present state and the
 * change log. Null where that cannot be done exactly: a pruned log, something else changed that the query looks at, or the client's own user.
 */
export function resume(
  context: Pick<GroupContext, 'database' | 'queryOf'>,
  list: LiveList,
  { subscription, from, state }: ResumeInput,
): MissedChanges | null {
  const { database } = context
  const { shape, params } = list
  // Of groups all that can be told is that nothing has changed.
  if (from > state.seq || (params === null && !shape.isAggregate)) return null
  if (shape.isTimed || (shape.isPaged && !shape.isAggregate)) return null
  if (!reachesBack(database, from)) return null
  // What is read here must be of the state that the page was read of.
  if (committedSeq(database) !== state.seq) return null
  const changes = changedBetween(database, { after: from, upTo: state.seq, limit: MAX_CHANGES + 1 })
  if (changes.length > MAX_CHANGES) return null
  const { actor } = subscription.subscriber
  const matters = ({ collection, docId }: ChangedDocument) =>
    [...list.looksAt, ...list.shows].some((looked) => looked.collection === collection) ||
    (collection === USERS && actor.kind === 'user' && docId === actor.id)
  if (changes.some(matters)) return null
  const own = changes.filter(({ collection }) => collection === shape.collection.name)
  if (own.length === 0) return { body: null }
  if (shape.isAggregate || shape.count || !own.every(({ docId }) => isNameable(docId))) return null
  if (own.reduce((sum, { oldBytes }) => sum + oldBytes, 0) > MAX_OLD_BYTES) return null
  const keys = [...new Set(own.map(({ docId }) => docId))]
  const before = windowBefore(database, context.queryOf(subscription), { keys, before: from + 1 })
  if (committedSeq(database) !== state.seq) return null
  const diff = diffWindows(before, state.window)
  if (diff === null) return { body: null }
  if (!diff.isSequential) return null
  const texts = new Map(state.window.entries.map(({ key }, index) => [key, state.texts[index] as string]))
  const seq = `${database.feed.epoch}.${state.seq}`
  return {
    body: deltaBody(diff, (key) => texts.get(key) as string, {
      seq,
      total: null,
      showsKey: shape.showsKey,
      etags: shape.etags,
    }),
  }
}

/** The window as it was before a change, since which no other documents have changed than these. */
function windowBefore(
  database: Database,
  { list, without }: LiveQuery,
  { keys, before }: { readonly keys: readonly Key[]; readonly before: number },
): Window {
  const question = { lists: [list.params as string], keys, before }
  const stored = documentsOfLists(database, list.shape, question).get(0)?.found ?? []
  const unchanged = database.all(without(keys))
  const entries: WindowEntry[] = [
    ...stored.map(({ entry }) => entry),
    ...unchanged.map((row) => ({ ...positionOf(row), hash: UNCHANGED })),
  ]
  entries.sort((a, b) => compareEntries(a, b, list.shape))
  return { entries: entries.slice(0, list.shape.limit), more: true, total: null }
}
