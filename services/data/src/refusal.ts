import type { AppError } from '@koyalite/contracts'
import type { DeniedDocument } from '@koyalite/query'
import type { Field, JsonValue, Operation } from '@koyalite/schema'
import type { Target } from './store/target'

/** The error where rules refuse an operation on a document. */
export function refusalOf(target: Target, operation: Operation): AppError {
  return target.caller.access.refusal(target.model.collection, operation, deniedDocument(target, operation))
}

/** The error where rules refuse to write a field of a document. */
export function fieldRefusalOf(target: Target, operation: 'create' | 'update', field: Field): AppError {
  const { collection } = target.model
  const denial = { collection: collection.name, operation, ...deniedDocument(target, operation) }
  return target.caller.access.fieldRefusal(collection, field, denial)
}

function deniedDocument({ id, input, model }: Target, operation: Operation): DeniedDocument {
  if (operation !== 'create' || id === undefined || model.keyIsServers) return { id: id ?? null, data: input }
  // The key of the new document was named beside it.
  const key = { [model.collection.primaryKey.name]: model.parseKey(id) }
  return { id: null, data: { ...(input as Readonly<Record<string, JsonValue>>), ...key } }
}
