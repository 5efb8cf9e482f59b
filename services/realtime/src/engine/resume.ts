import { formatSeq } from '@koyalite/contracts'
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

/** Another process may commit between two reads: it is asked again, so often. */
const MAX_TRIES = 3

/**
 * The changes since a client disconnected. The window that it had is reconstructed from the present state and the
 * change log. Null where that cannot be done exactly: a pruned log, something else changed that the query looks at, or the client's own user.
 */
export function resume(
  context: Pick<GroupContext, 'database' | 'queryOf'>,
  list: LiveList,
  { subscription, from, state }: ResumeInput,
): MissedChanges | null {
  const { shape, params } = list
  // Of groups all that can be told is that nothing has changed.
  if (from > state.seq || (params === null && !shape.isAggregate)) return null
  if (shape.isTimed || (shape.isPaged && !shape.isAggregate)) return null
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    // Writers do not wait for who reads the page: the present may be later than the state that the page is of.
    const present = committedSeq(context.database)
    const before = heldAt(context, list, { subscription, from, present })
    if (committedSeq(context.database) !== present) continue
    if (before === null) return null
    if (before === 'unchanged') return { body: null }
    return missedSince(before, { list, state, epoch: context.database.feed.epoch })
  }
  return null
}

/** What the client had at `from`: as the list is in the present where nothing has changed it since; null where that cannot be told. */
function heldAt(
  { database, queryOf }: Pick<GroupContext, 'database' | 'queryOf'>,
  { shape, looksAt, shows }: LiveList,
  {
    subscription,
    from,
    present,
  }: { readonly subscription: Subscription; readonly from: number; readonly present: number },
): Window | 'unchanged' | null {
  if (!reachesBack(database, from)) return null
  const changes = changedBetween(database, { after: from, upTo: present, limit: MAX_CHANGES + 1 })
  if (changes.length > MAX_CHANGES) return null
  const { actor } = subscription.subscriber
  const matters = ({ collection, docId }: ChangedDocument) =>
    [...looksAt, ...shows].some((looked) => looked.collection === collection) ||
    (collection === USERS && actor.kind === 'user' && docId === actor.id)
  if (changes.some(matters)) return null
  const own = changes.filter(({ collection }) => collection === shape.collection.name)
  if (own.length === 0) return 'unchanged'
  if (shape.isAggregate || shape.count || !own.every(({ docId }) => isNameable(docId))) return null
  if (own.reduce((sum, { oldBytes }) => sum + oldBytes, 0) > MAX_OLD_BYTES) return null
  const keys = [...new Set(own.map(({ docId }) => docId))]
  return windowBefore(database, queryOf(subscription), { keys, before: from + 1 })
}

function missedSince(
  before: Window,
  { list, state, epoch }: { readonly list: LiveList; readonly state: ResumeInput['state']; readonly epoch: string },
): MissedChanges | null {
  const { shape } = list
  const diff = diffWindows(before, state.window)
  if (diff === null) return { body: null }
  if (!diff.isSequential) return null
  const texts = new Map(state.window.entries.map(({ key }, index) => [key, state.texts[index] as string]))
  const details = { seq: formatSeq(epoch, state.seq), total: null, showsKey: shape.showsKey, etags: shape.etags }
  return { body: deltaBody(diff, (key) => texts.get(key) as string, details) }
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
