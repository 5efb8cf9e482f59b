import type { Change } from '@koyalite/contracts'
import { USERS } from '@koyalite/schema'
import type { Database } from '@koyalite/sqlite'
import { changesBetween, committedSeq, reachesBack } from '../store/change-log'
import { given, type LiveQuery } from './live-query'
import { deltaBody } from './messages'
import type { Subscription } from './subscription'
import { compareEntries, foundDocument, type Key, positionOf, UNCHANGED, type Window, type WindowEntry } from './window'
import { diffWindows } from './window-diff'

/** What a client has missed: a delta without its beginning, or nothing. */
export interface Missed {
  readonly body: string | null
}

export interface ResumeInput {
  readonly subscription: Subscription
  /** `epoch.n`, as the client gave it. */
  readonly since: string
  readonly state: { readonly window: Window; readonly texts: readonly string[]; readonly seq: number }
}

/** Changes of more documents than these are not looked at one by one: a snapshot says it shorter. */
const MAX_CHANGES = 2000

/**
 * What has become different since a client went away. The window that it had is made again out of the present and the old rows of the
 * change log. Null where that cannot be done exactly: another epoch, a pruned log, another schema, something else changed that
 * the query looks at, or the client's own user.
 */
export function resume(
  context: { readonly database: Database; readonly schemaSince: number },
  query: LiveQuery,
  { subscription, since, state }: ResumeInput,
): Missed | null {
  const { database } = context
  const from = parseSeq(since, database.feed.epoch)
  if (from === null || from > state.seq || from < context.schemaSince || query.at !== null || query.isPaged) return null
  if (!reachesBack(database, from)) return null
  // What is read here must be of the state that the page was read of.
  if (committedSeq(database) !== state.seq) return null
  const changes = changesBetween(database, { after: from, upTo: state.seq, limit: MAX_CHANGES + 1 })
  if (changes.length > MAX_CHANGES) return null
  const { actor } = subscription.subscriber
  const matters = ({ collection, docId }: Change) =>
    query.looksAt.has(collection) || (collection === USERS && actor.kind === 'user' && docId === actor.id)
  if (changes.some(matters)) return null
  const own = changes.filter(({ collection }) => collection === query.collection.name)
  if (own.length === 0) return { body: null }
  if (query.shape.count) return null
  const before = windowBefore(database, query, own)
  if (committedSeq(database) !== state.seq) return null
  const diff = diffWindows(before, state.window)
  if (diff === null) return { body: null }
  if (!diff.isSequential) return null
  const texts = new Map(state.window.entries.map(({ key }, index) => [key, state.texts[index] as string]))
  const seq = `${database.feed.epoch}.${state.seq}`
  return {
    body: deltaBody(diff, (key) => texts.get(key) as string, { seq, total: null, showsKey: query.showsKey }),
  }
}

/** The window as it was before these changes. */
function windowBefore(database: Database, query: LiveQuery, changes: readonly Change[]): Window {
  /** The first change of a document says what it was before all of them. */
  const first = new Map<Key, Change>()
  for (const change of changes) if (!first.has(change.docId)) first.set(change.docId, change)
  const rows = [...first.values()].flatMap(({ old }) => (old === null ? [] : [old]))
  const stored = database.all(given(query.statement('stored'), `[${rows.join(',')}]`)).map(foundDocument)
  const unchanged = database.all(given(query.statement('without'), JSON.stringify([...first.keys()])))
  const entries: WindowEntry[] = [
    ...stored.map(({ entry }) => entry),
    ...unchanged.map((row) => ({ ...positionOf(row), hash: UNCHANGED })),
  ]
  entries.sort((a, b) => compareEntries(a, b, query.shape))
  return { entries: entries.slice(0, query.shape.limit), more: true, total: null }
}

function parseSeq(text: string, epoch: string): number | null {
  const dot = text.lastIndexOf('.')
  if (dot === -1 || text.slice(0, dot) !== epoch || !/^\d{1,16}$/.test(text.slice(dot + 1))) return null
  return Number(text.slice(dot + 1))
}
