import type { SqlValue, Tx } from '@koyalite/contracts'
import type { Collection, Field } from '@koyalite/schema'
import { auditedValue } from '../audit/audited-value'
import { type DataContext, modelOf } from '../data-context'
import { loggedValue } from '../store/logged-document'
import { comparedValue, exists, type LoggedRow, laterChanges } from '../store/revert-changes'

/** A document by its collection and key. */
export interface DocumentKey {
  readonly collection: string
  readonly key: string | number
}

/** Why a document cannot go back to what it was before an action. */
export interface UndoConflict extends DocumentKey {
  /**
   * `changed`, `deleted`, `exists`: what the action made of it is not there any more. `others`: other documents would be changed or
   * deleted with it. `refused`: the database refuses it, as it does a value that is unique.
   */
  readonly reason: 'changed' | 'deleted' | 'exists' | 'others' | 'refused'
  readonly message: string
  /** What the action made of its fields, and what they are now; not of internal ones. */
  readonly fields: readonly { readonly field: string; readonly made: unknown; readonly now: unknown }[]
}

/** A document that an action has changed, by what the log says of it. */
export interface UndoneDocument {
  readonly collection: string
  readonly docId: SqlValue
  readonly first: LoggedRow['op']
  readonly last: LoggedRow['op']
  /** It was made or deleted on the way: going back concerns all of its fields. */
  readonly whole: boolean
  readonly columns: ReadonlySet<string>
}

export function nameOf({ collection, docId }: Pick<LoggedRow, 'collection' | 'docId'>): string {
  return `${typeof docId} ${docId} ${collection}`
}

export function documentsOfChanges(rows: readonly LoggedRow[]): ReadonlyMap<string, UndoneDocument> {
  const documents = new Map<string, UndoneDocument & { readonly columns: Set<string> }>()
  for (const row of rows) {
    const known = documents.get(nameOf(row))
    const columns = known?.columns ?? new Set<string>()
    for (const column of row.columns) columns.add(column)
    documents.set(nameOf(row), {
      ...{ collection: row.collection, docId: row.docId, columns, last: row.op },
      first: known?.first ?? row.op,
      whole: known?.whole === true || row.op !== 'update',
    })
  }
  return documents
}

/** What others did with documents after an action. */
export interface Since {
  readonly conflicts: readonly UndoConflict[]
  /** Documents that are what the undo would make of them already. */
  readonly settled: ReadonlySet<string>
  /** Documents of which others have changed other fields: when they were changed last stays what it is. */
  readonly touched: ReadonlySet<string>
}

/**
 * Compares what an action made of documents with what they are now. Where others have changed them since and changed them
 * back, they are the same.
 */
export function* changesSince(
  context: DataContext,
  tx: Tx,
  { documents, last }: { readonly documents: ReadonlyMap<string, UndoneDocument>; readonly last: number },
): Generator<void, Since, void> {
  const later = new Map<string, Map<string, number>>()
  for (const rows of laterChanges(tx, last, keysByCollection(documents))) {
    for (const row of rows) {
      if (documents.has(nameOf(row))) noteOldest(later, row, modelOf(context, row.collection).fields)
    }
    yield
  }
  const conflicts: UndoConflict[] = []
  const settled = new Set<string>()
  const touched = new Set<string>()
  for (const [name, oldest] of later) {
    const document = documents.get(name) as UndoneDocument
    const compared = compare(tx, modelOf(context, document.collection).collection, document, oldest)
    if (compared.conflict) conflicts.push(compared.conflict)
    if (compared.isSettled) settled.add(name)
    if (compared.isTouched) touched.add(name)
  }
  return { conflicts, settled, touched }
}

function keysByCollection(documents: ReadonlyMap<string, UndoneDocument>): ReadonlyMap<string, readonly SqlValue[]> {
  const keys = new Map<string, SqlValue[]>()
  for (const { collection, docId } of documents.values()) {
    const of = keys.get(collection) ?? []
    keys.set(collection, of)
    of.push(docId)
  }
  return keys
}

/** Of each column the first change after the action that has its old value: that is what the action made of it. */
function noteOldest(later: Map<string, Map<string, number>>, row: LoggedRow, fields: readonly Field[]): void {
  const oldest = later.get(nameOf(row)) ?? new Map<string, number>()
  later.set(nameOf(row), oldest)
  const columns = row.op === 'delete' ? fields.map(({ column }) => column) : row.columns
  for (const column of columns) if (!oldest.has(column)) oldest.set(column, row.seq)
}

interface Compared {
  readonly conflict?: UndoConflict
  readonly isSettled?: boolean
  readonly isTouched?: boolean
}

function compare(
  tx: Tx,
  collection: Collection,
  document: UndoneDocument,
  oldest: ReadonlyMap<string, number>,
): Compared {
  const { docId: key, first, last, whole, columns } = document
  const named = { collection: collection.name, key: key as string | number, fields: [] }
  const isThere = exists(tx, collection, key)
  if (last === 'delete') {
    if (!isThere) return {}
    return { conflict: { ...named, reason: 'exists', message: 'There is another document with this key now.' } }
  }
  if (!isThere) {
    if (first === 'insert') return { isSettled: true }
    return { conflict: { ...named, reason: 'deleted', message: 'It has been deleted since.' } }
  }
  const changed = [...collection.fields.values()].flatMap((field) => {
    const seq = oldest.get(field.column)
    if (seq === undefined || field.onUpdateNow) return []
    const { before, now, same } = comparedValue(tx, field, { collection, key, seq })
    return same ? [] : [{ field, made: before, now }]
  })
  const ours = changed.filter(({ field }) => whole || columns.has(field.column))
  if (ours.length === 0) return { isTouched: changed.length > 0 }
  const shown = ours.filter(({ field }) => !field.internal)
  const names = shown.map(({ field }) => field.name).join(', ')
  return {
    conflict: {
      ...named,
      reason: 'changed',
      message: names === '' ? 'It has been changed since.' : `It has been changed since: ${names}.`,
      fields: shown.map(({ field, made, now }) => ({
        field: field.name,
        made: auditedValue(loggedValue(field, made)),
        now: auditedValue(loggedValue(field, now)),
      })),
    },
  }
}
