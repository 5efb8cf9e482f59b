import type { Caller } from '../caller'
import { type DataContext, modelNamed } from '../data-context'
import { selectActions, toAction } from '../store/actions'
import type { Action } from './action'
import { maySeeAction } from './undo-action'
import { type ImpossibleUndo, impossibleUndo } from './undo-limits'

export interface ListedAction extends Action {
  /** Why the caller cannot take it back; null where nothing is in the way so far. */
  readonly impossible: ImpossibleUndo | null
}

export interface ActionQuery {
  readonly operatorId: string | null
  /** Only those that changed this document, whose key is as in a path. */
  readonly document: { readonly collection: string; readonly key: string } | null
  readonly before: number | null
  readonly limit: number
  readonly signal: AbortSignal
}

/** Actions, newest first. Throws COLLECTION_NOT_FOUND, and NOT_FOUND for what cannot be a key. */
export async function listActions(
  context: DataContext,
  caller: Caller,
  { document, signal, ...filter }: ActionQuery,
): Promise<readonly ListedAction[]> {
  const model = document && modelNamed(context, caller, document.collection)
  const sql = selectActions({
    ...filter,
    document: model && document && { collection: model.collection.name, key: model.parseKey(document.key) },
  })
  // Looking for a document reads all changes of the actions on its collection.
  const { rows } = await context.database.query(sql, { timeoutMs: context.queryTimeoutMs, signal })
  return rows.map((row) => {
    const action = toAction([...row])
    const impossible = maySeeAction(caller.actor, action)
      ? impossibleUndo(context, context.database, caller, action)
      : ({ code: 'forbidden', message: 'Only the operator who did this, an owner or an admin can undo it.' } as const)
    return { ...action, impossible }
  })
}
