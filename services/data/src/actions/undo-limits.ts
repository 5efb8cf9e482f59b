import type { Reads } from '@koyalite/contracts'
import { type Collection, isUsers } from '@koyalite/schema'
import type { Caller } from '../caller'
import type { DataContext } from '../data-context'
import { changedUserColumns, unloggedColumns } from '../store/revert-changes'
import type { Action } from './action'
import { documentsOf } from './change-counts'
import { layoutOf } from './layout'

/** What one undo takes back at most. */
export const MAX_UNDO_DOCUMENTS = 10_000

export interface ImpossibleUndo {
  readonly code: 'undone' | 'too_many' | 'other_history' | 'schema_changed' | 'columns' | 'forbidden'
  /** For people. */
  readonly message: string
}

/** Why an action cannot be taken back by a caller, as far as that is known without looking at its documents; null if nothing is in the way. */
export function impossibleUndo(
  context: DataContext,
  reads: Reads,
  caller: Pick<Caller, 'access'>,
  action: Action,
): ImpossibleUndo | null {
  if (action.undoneBy !== null) return { code: 'undone', message: 'This was undone already.' }
  const documents = documentsOf(action.counts)
  if (action.inSteps || documents > MAX_UNDO_DOCUMENTS) {
    const message = `This concerned ${documents.toLocaleString('en')} documents: up to ${MAX_UNDO_DOCUMENTS.toLocaleString('en')} can be undone.`
    return { code: 'too_many', message }
  }
  if (action.epoch !== context.database.feed.epoch) {
    const message = 'The server was restored, reset, or ended without closing its database since.'
    return { code: 'other_history', message }
  }
  for (const { collection: name, layout, deleted } of action.counts) {
    const collection = context.models.get(name)?.collection
    if (collection === undefined || layoutOf(collection) !== layout) {
      return { code: 'schema_changed', message: `The schema of '${name}' has changed since.` }
    }
    const unlogged = deleted > 0 ? unloggedColumns(reads, collection) : []
    if (unlogged.length > 0) {
      const columns = unlogged.map((column) => `'${column}'`).join(', ')
      const message = `Documents of '${name}' would come back without the columns that schema.yaml does not name: ${columns}.`
      return { code: 'columns', message }
    }
  }
  const forbidden = forbiddenPart(context, reads, caller, action)
  return forbidden === null ? null : { code: 'forbidden', message: forbidden }
}

/** What of an undo the caller may not do today. */
function forbiddenPart(
  context: DataContext,
  reads: Reads,
  { access }: Pick<Caller, 'access'>,
  action: Action,
): string | null {
  for (const { collection: name, inserted, updated, deleted } of action.counts) {
    const collection = context.models.get(name)?.collection
    if (collection === undefined) continue
    const needed = [inserted > 0 && 'delete', deleted > 0 && 'create', updated > 0 && 'update'] as const
    for (const operation of needed) {
      if (operation !== false && !access.bypasses(collection, operation))
        return `You may not ${operation} documents of '${name}'.`
    }
    if (isUsers(collection) && updated + deleted > 0) {
      const field = forbiddenUserField(reads, access, collection, action)
      if (field !== null) return `You may not write '${field}' of users: an owner or an admin can undo this.`
    }
  }
  return null
}

/** A field of users that the undo would set, and the caller may not: what raises a user only owners and admins may. */
function forbiddenUserField(
  reads: Reads,
  access: Caller['access'],
  users: Collection,
  { first, last }: Action,
): string | null {
  const columns = changedUserColumns(reads, users, { first, last })
  for (const field of users.fields.values()) {
    if (field.primary || field.internal || !columns.has(field.column)) continue
    if (access.writeField(users, field, null) !== 'always') return field.name
  }
  return null
}
