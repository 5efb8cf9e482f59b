import type { SqlValue, Tx } from '@koyalite/contracts'
import type { Guard } from '@koyalite/query'
import type { Field, JsonValue, Operation } from '@koyalite/schema'
import type { Caller } from '../caller'
import { type DataContext, modelNamed } from '../data-context'
import { notFound, verifyNotThere } from '../missing-document'
import { type Examined, examineDocument } from '../store/examine-document'
import type { Target } from '../store/target'

/** A document by its collection and its key as it stands in a path. */
export interface DocumentName {
  readonly collection: string
  readonly id: string
}

/** The document that an operation is about; it may not exist. */
export interface DocumentTarget extends Target {
  readonly key: SqlValue
  /** The key as the caller wrote it. */
  readonly id: string
}

/** Throws COLLECTION_NOT_FOUND, and NOT_FOUND for what cannot be a key. @param data what was sent for the document */
export function targetDocument(
  context: DataContext,
  caller: Caller,
  { collection, id, data = null }: DocumentName & { readonly data?: unknown },
): DocumentTarget {
  const model = modelNamed(context, caller, collection)
  return { context, caller, model, input: data as JsonValue, key: model.parseKey(id), id }
}

/**
 * Throws NOT_FOUND for an operation by key on a collection in which the caller may read nothing: a refusal must not
 * reveal what exists. Callers that bypass the rules of the operation may write what they may not read.
 */
export function requireVisible({ caller, model, id }: DocumentTarget, operation: Operation): void {
  const { collection } = model
  if (caller.access.read.rows(collection).kind === 'none' && !caller.access.bypasses(collection, operation)) {
    throw notFound(collection, id)
  }
}

/**
 * Throws NOT_FOUND where a stored document does not exist for the caller. It takes as long as for one that is missing,
 * so that the time does not tell them apart.
 * @param document what they may read of it
 */
export function requireShown(
  tx: Tx,
  { caller, model, key, id }: DocumentTarget,
  operation: Operation,
  document: string | null,
): void {
  const { collection } = model
  if (document !== null || caller.access.bypasses(collection, operation)) return
  verifyNotThere(tx, collection, key)
  throw notFound(collection, id)
}

/** Whether some documents of the collection may be hidden from the caller. */
export function mayHide({ caller, model }: Target): boolean {
  return caller.access.read.rows(model.collection).kind !== 'all'
}

/**
 * Reads what a write has to know of the stored document. Throws NOT_FOUND where it does not exist, or is hidden from
 * the caller.
 */
export function examineVisible(
  tx: Tx,
  target: DocumentTarget,
  { operation, guards, fields = NO_FIELDS }: Examination,
): Examined {
  const { model, id, key } = target
  const examined = examineDocument(tx, target, { key, guards, fields })
  if (!examined) throw notFound(model.collection, id)
  requireShown(tx, target, operation, examined.document)
  return examined
}

interface Examination {
  readonly operation: Operation
  readonly guards: readonly Guard[]
  /** Fields whose stored values are needed. */
  readonly fields?: readonly Field[]
}

const NO_FIELDS: readonly Field[] = []
