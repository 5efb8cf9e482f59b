import { type Actor, AppError } from '@koyalite/contracts'
import { type Access, accessOf } from '@koyalite/query'
import type { Collection, Operation, Schema } from '@koyalite/schema'
import type { Database } from '@koyalite/sqlite'
import { type CollectionModel, createCollectionModel } from './collection-model'

/** What the operations of one loaded schema share. A reload of the schema makes a new one over the same database. */
export interface DataContext {
  readonly schema: Schema
  readonly database: Database
  readonly queryTimeoutMs: number
  readonly models: ReadonlyMap<string, CollectionModel>
}

/** What one request brings to an operation. */
export interface Caller {
  readonly actor: Actor
  readonly access: Access
  /** Milliseconds since 1970, fixed for the whole request: `now` in defaults and `request.time` in expressions. */
  readonly time: number
}

export function createDataContext(input: {
  readonly schema: Schema
  readonly database: Database
  readonly queryTimeoutMs: number
}): DataContext {
  const models = new Map<string, CollectionModel>()
  for (const collection of input.schema.collections.values()) {
    models.set(collection.name, createCollectionModel(collection))
  }
  return { ...input, models }
}

export function callerOf(context: DataContext, request: { readonly actor: Actor; readonly time: number }): Caller {
  return { actor: request.actor, access: accessOf(context.schema, request.actor), time: request.time }
}

/** The model of a collection by its name in the API; throws COLLECTION_NOT_FOUND. */
export function modelNamed(context: DataContext, name: string): CollectionModel {
  const model = context.models.get(name)
  if (!model) throw new AppError('COLLECTION_NOT_FOUND', `There is no collection '${name}'.`)
  return model
}

export function notFound(collection: Collection, id: string | number): AppError {
  return new AppError('NOT_FOUND', `There is no document '${id}' in '${collection.name}'.`)
}

/**
 * Throws NOT_FOUND for an operation by id on a collection of which the caller may read nothing: nobody learns by a refusal what is
 * there. Those to whom rules do not apply may write what they may not read.
 */
export function requireVisible(caller: Caller, collection: Collection, operation: Operation, id: string): void {
  if (caller.access.rows(collection).kind === 'none' && !caller.access.bypasses(collection, operation)) {
    throw notFound(collection, id)
  }
}
