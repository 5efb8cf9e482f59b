import {
  type Actor,
  AppError,
  type AuditedCaller,
  type AuditTrail,
  type Row,
  type Sql,
  type SqlValue,
} from '@koyalite/contracts'
import type { ApiRequest } from '@koyalite/kernel'
import { type Access, accessOf, type ListQuery } from '@koyalite/query'
import type { Collection, Operation, Schema } from '@koyalite/schema'
import { type Database, verifyAbsent } from '@koyalite/sqlite'
import { type AuditedCollections, auditedCollections } from './audit/audited-collections'
import { type CollectionModel, createCollectionModel } from './collection-model'

/** What the operations of one loaded schema share. A reload of the schema makes a new one over the same database. */
export interface DataContext {
  readonly schema: Schema
  readonly database: Database
  readonly queryTimeoutMs: number
  readonly models: ReadonlyMap<string, CollectionModel>
  /** Limits count operations, not requests: told of those that a request has beyond the first. Throws RATE_LIMITED. */
  readonly charge: (request: ApiRequest, operations: number) => void
  /** With which a caller goes on to follow a list that they have read in the state `seq`. */
  readonly resumeToken: (actor: Actor, query: ListQuery, seq: number) => string
  readonly audit: Pick<AuditTrail, 'record'>
  readonly audited: AuditedCollections
}

/** What one request brings to an operation. */
export interface Caller extends AuditedCaller {
  readonly access: Access
  /** Milliseconds since 1970, fixed for the whole request: `now` in defaults and `request.time` in expressions. */
  readonly time: number
  /** The same, as it is stored. */
  readonly now: string
}

/** What is known of the request that an operation serves. */
export interface CallingRequest {
  readonly actor: Actor
  readonly time: number
  readonly method: string
  readonly ip: string
  readonly headers: Headers
  /** Under which the log has it. */
  readonly id?: string
}

export function createDataContext(input: {
  readonly schema: Schema
  readonly database: Database
  readonly queryTimeoutMs: number
  readonly charge?: DataContext['charge']
  /** By default there are no live queries. */
  readonly resumeToken?: DataContext['resumeToken']
  /** By default nothing is kept: for schemas whose collections are not marked `audit: true`. */
  readonly audit?: Pick<AuditTrail, 'record'>
}): DataContext {
  const models = new Map<string, CollectionModel>()
  for (const collection of input.schema.collections.values()) {
    models.set(collection.name, createCollectionModel(input.schema, collection))
  }
  return {
    charge: () => {},
    resumeToken: () => '',
    audit: { record: () => {} },
    ...input,
    models,
    audited: auditedCollections(input.schema),
  }
}

export function callerOf(context: DataContext, request: CallingRequest): Caller {
  const { actor, time, method, ip, id = null } = request
  const access = accessOf(context.schema, actor, {
    method,
    ip,
    time,
    // Few rules look at headers: they are copied for those that do.
    get headers() {
      return Object.fromEntries(request.headers)
    },
  })
  return { actor, access, time, now: timestampOf(time), ip, requestId: id }
}

/** The model of a collection by its name in the API; throws COLLECTION_NOT_FOUND. */
export function modelNamed(context: DataContext, name: string): CollectionModel {
  const model = context.models.get(name)
  if (!model) throw new AppError('COLLECTION_NOT_FOUND', `There is no collection '${name}'.`)
  return model
}

export function notFound(collection: Collection, id: string): AppError {
  return new AppError('NOT_FOUND', `There is no document '${id}' in '${collection.name}'.`)
}

/**
 * Makes sure that what was not found by its key is not there: nobody may take damage of the file for a document that does not exist.
 * @param source what was asked. Throws UNAVAILABLE where the table or its index is damaged.
 */
export function verifyNotThere(
  source: { all(sql: Sql): Row[] },
  { table, primaryKey }: Collection,
  key: SqlValue,
): void {
  verifyAbsent((sql) => source.all(sql), { table, column: primaryKey.column, key })
}

/**
 * Throws NOT_FOUND for an operation by id on a collection of which the caller may read nothing: nobody learns by a refusal what is
 * there. Those to whom rules do not apply may write what they may not read.
 */
export function requireVisible(caller: Caller, collection: Collection, operation: Operation, id: string): void {
  if (caller.access.read.rows(collection).kind === 'none' && !caller.access.bypasses(collection, operation)) {
    throw notFound(collection, id)
  }
}

/** Whether a stored document is as good as absent for the caller. @param document what they may read of it */
export function isHidden(
  caller: Caller,
  collection: Collection,
  operation: Operation,
  document: string | null,
): boolean {
  return document === null && !caller.access.bypasses(collection, operation)
}

let lastTime = 0
let lastTimestamp = ''

/** Requests come many in a millisecond, and making the text is dear. */
function timestampOf(time: number): string {
  if (time !== lastTime) {
    lastTime = time
    lastTimestamp = new Date(time).toISOString()
  }
  return lastTimestamp
}
