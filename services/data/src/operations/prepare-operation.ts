import type { Caller } from '../caller'
import { type DataContext, modelNamed } from '../data-context'
import { documentObject, type JsonObject, withoutKey } from '../document-input'
import { assertDocument } from './assert-document'
import type { ReadyItem } from './batch-item'
import type { Key, ReadyOperation } from './batch-operation'
import { newDocument } from './create-document'
import { deleteDocument } from './delete-document'
import { updateDocument } from './update-document'
import { upsertDocument } from './upsert-document'

/** Checks an operation of a batch as far as possible without the database. Throws what the operation throws by itself. */
export function prepareOperation(context: DataContext, caller: Caller, operation: ReadyOperation): ReadyItem {
  switch (operation.op) {
    case 'create':
      return newDocument(context, caller, { ...operation, data: withKey(context, caller, operation) })
    case 'update':
      return updateDocument(context, caller, { ...operation, id: String(operation.id) })
    case 'upsert':
      return upsertDocument(context, caller, { ...operation, data: withKey(context, caller, operation) })
    case 'delete':
      return deleteDocument(context, caller, { ...operation, id: String(operation.id) })
    case 'assert':
      return assertDocument(context, caller, { ...operation, id: String(operation.id) })
  }
}

/**
 * The data of an operation together with the key that the operation names beside it; where both have one, they must be
 * equal.
 */
function withKey(
  context: DataContext,
  caller: Caller,
  operation: { collection: string; id?: Key | undefined; data?: unknown },
): JsonObject {
  const data = documentObject(operation.data ?? {})
  if (operation.id === undefined) return data
  const model = modelNamed(context, caller, operation.collection)
  const { name, type } = model.collection.primaryKey
  const { id } = operation
  const key = type === 'uuid' ? String(id).toLowerCase() : type === 'int' ? numberOf(id) : id
  return { ...withoutKey(model, data, key), [name]: key }
}

/** An int key may be written as text, as in a path and in updates and deletes. */
function numberOf(id: Key): Key {
  return typeof id === 'string' && /^-?\d{1,16}$/.test(id) ? Number(id) : id
}
