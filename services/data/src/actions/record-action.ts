import type { Tx, WriteSteps } from '@koyalite/contracts'
import type { Collection } from '@koyalite/schema'
import type { DataContext } from '../data-context'
import { findAction, insertAction, markUndone, selectOutcomes } from '../store/actions'
import type { ActionOrigin } from './action'
import type { ChangeCounts } from './change-counts'
import { layoutOf } from './layout'

/** What decides about an action besides its changes. */
export interface RecordedAction {
  readonly origin: ActionOrigin
  /** Milliseconds since 1970. */
  readonly at: number
  /** The last change before it. */
  readonly since: number
}

/** What recording takes of a data context: other processes write actions too. */
export interface RecordingContext {
  readonly database: { readonly feed: { readonly epoch: string } }
  readonly models: { get(collection: string): { readonly collection: Collection } | undefined }
}

/** Stores what a write has changed as an action; returns its id, or null where it has changed nothing. */
export function recordAction(context: RecordingContext, tx: Tx, { origin, at, since }: RecordedAction): string | null {
  const last = tx.lastSeq()
  if (last === since) return null
  const { operator, route, undoes = null } = origin
  const id = Bun.randomUUIDv7()
  insertAction(tx, {
    ...{ id, operator, at, last, undoes },
    route: route.slice(0, MAX_ROUTE),
    epoch: context.database.feed.epoch,
    first: since + 1,
    counts: countChanges(context, tx, since),
    undoneBy: null,
    inSteps: false,
  })
  if (undoes !== null) {
    markUndone(tx, undoes, id)
    const undone = findAction(tx, undoes)
    // What that one had taken back is there again.
    if (undone?.undoes != null) markUndone(tx, undone.undoes, null)
  }
  return id
}

const MAX_ROUTE = 300

/** The same write, which also stores what it changed as an action. @param stored called with the id */
export function recordedSteps<T>(
  context: DataContext,
  action: Omit<RecordedAction, 'since'>,
  { steps, stored }: { readonly steps: WriteSteps<T>; readonly stored: (id: string | null) => void },
): WriteSteps<T> {
  return function* (tx) {
    const since = tx.lastSeq()
    const value = yield* steps(tx)
    stored(recordAction(context, tx, { ...action, since }))
    return value
  }
}

/** What became of the documents that have changes after number `since`. */
export function countChanges({ models }: RecordingContext, tx: Tx, since: number): readonly ChangeCounts[] {
  const counts = new Map<string, { inserted: number; updated: number; deleted: number }>()
  for (const { collection, first, last, documents } of selectOutcomes(tx, since)) {
    const sum = counts.get(collection) ?? { inserted: 0, updated: 0, deleted: 0 }
    counts.set(collection, sum)
    const isNew = first === 'insert'
    if (isNew && last !== 'delete') sum.inserted += documents
    else if (!isNew && last === 'delete') sum.deleted += documents
    else if (!isNew) sum.updated += documents
  }
  return [...counts].map(([collection, sum]) => {
    const model = models.get(collection)
    return { collection, ...sum, layout: model ? layoutOf(model.collection) : '' }
  })
}
