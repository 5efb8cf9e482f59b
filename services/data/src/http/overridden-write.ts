import {
  AppError,
  type HookOperation,
  type HookValues,
  type JsonValue,
  type OperationOverride,
} from '@koyalite/contracts'
import { type ApiRequest, type ApiResponse, idempotencyOf } from '@koyalite/kernel'
import type { Caller } from '../caller'
import { type DataContext, modelOf } from '../data-context'
import { writeDocuments } from '../operations/write-documents'
import { singleWrite, type WriteStep } from '../operations/write-outcome'
import { rollbackAlways } from '../rollback-always'

/** A kind of write that code of the project may make instead. */
export interface OverridableKind {
  readonly operation: HookOperation
  readonly collection: string
}

/** A write of one document. */
export interface OverridableWrite extends OverridableKind {
  readonly id: string | null
  /** The body; null for a deletion. */
  readonly data: unknown
  /** Checks the write of a caller, of other data where the code says so. */
  step(context: DataContext, caller: Caller, data: unknown): WriteStep
}

/**
 * What the project has for a write of this caller; null: nothing. Whoever bypasses the rules of a collection bypasses
 * its overrides.
 */
export function overrideOf(
  context: DataContext,
  caller: Caller,
  { collection, operation }: OverridableKind,
): OperationOverride | null {
  const override = context.models.has(collection) ? context.overrides.of(collection, operation) : null
  if (override === null) return null
  return caller.access.bypasses(modelOf(context, collection).collection, operation) ? null : override
}

/** For doors that make writes as they are: one that was left open would be a way around the code. Throws CONFLICT. */
export function requireNoOverride(context: DataContext, caller: Caller, writes: readonly OverridableKind[]): void {
  const found = writes.find((write) => overrideOf(context, caller, write) !== null)
  if (!found) return
  const { collection, operation } = found
  const message = `${operation} of '${collection}' is made by code of the project: send it by itself, as ${BY_ITSELF[operation]}.`
  throw new AppError('CONFLICT', message)
}

const BY_ITSELF: Readonly<Record<HookOperation, string>> = {
  create: 'a POST of one document',
  update: 'a PATCH',
  delete: 'a DELETE',
}

/** Which writes that code may make an operation of a batch could be: anything may have been sent. */
export function overridable(operation: unknown): readonly OverridableKind[] {
  if (typeof operation !== 'object' || operation === null) return []
  const { collection, op } = operation as Readonly<Record<string, unknown>>
  if (typeof collection !== 'string') return []
  if (op === 'upsert') return upsertOf(collection)
  return op === 'create' || op === 'update' || op === 'delete' ? [{ collection, operation: op }] : []
}

/** It is a creation or an update, by what is stored: no code can be asked before that is known. */
export function upsertOf(collection: string): readonly OverridableKind[] {
  return [
    { collection, operation: 'create' },
    { collection, operation: 'update' },
  ]
}

/**
 * Lets the code answer, where neither rules nor checks refuse the write as it was sent. With an Idempotency-Key it runs
 * once.
 */
export async function answerOverridden(
  context: DataContext,
  request: ApiRequest,
  asked: { readonly caller: Caller; readonly write: OverridableWrite; readonly override: OperationOverride },
): Promise<ApiResponse> {
  const { operation, data } = asked.write
  const run = () => runOverride(context, request, asked)
  const idempotency = idempotencyOf(request, data)
  if (idempotency === null) return answered(operation, await run())
  const { actor, time } = request
  const result = await context.repeated.once<JsonValue | AppError>({ actor, time, idempotency }, async () => {
    const value = await run().catch(refusal)
    return { value, kept: keptOf(value) as unknown as JsonValue }
  })
  if (result.kind === 'first') return answered(operation, result.value)
  if (result.kind === 'repeated') return answered(operation, restored(result.kept as unknown as Kept))
  throw new AppError('CONFLICT', 'This request was already made, but what came of it is no longer known.')
}

async function runOverride(
  context: DataContext,
  { actor, time, id: requestId, ip }: ApiRequest,
  { caller, write, override }: Parameters<typeof answerOverridden>[2],
): Promise<JsonValue> {
  const { operation, collection, id, step } = write
  // Of the caller it is a body, which the checks below know to be an object.
  const data = write.data as HookValues | null
  await rollbackAlways(context, (tx) => {
    // What prepares writes may do something outside: the code decides whether there is one.
    step(context, { ...caller, hooking: { isUnprepared: true } }, data)(tx)
  })
  let last: HookValues | null = null
  const returned = await override(
    { operation, collection, id, actor, time, ip, requestId },
    {
      data,
      async next(changed = data) {
        const prepare = () => singleWrite(step(context, caller, changed))
        const { document } = (await writeDocuments(context, caller, { collection, prepare })).value
        last = document === null ? null : (JSON.parse(document) as HookValues)
        return last
      },
    },
  )
  return returned === undefined ? last : returned
}

/** What a request with an Idempotency-Key has come to. */
type Kept =
  | { readonly response: JsonValue }
  | { readonly error: Pick<AppError, 'code' | 'message' | 'details' | 'own'> }

/** What the caller is told each time; a fault is not kept. */
function refusal(error: unknown): AppError {
  if (error instanceof AppError && error.status < 500) return error
  throw error
}

function keptOf(value: JsonValue | AppError): Kept {
  if (!(value instanceof AppError)) return { response: value }
  const { code, message, details, own } = value
  return { error: { code, message, details, own } }
}

function restored(kept: Kept): JsonValue | AppError {
  if ('response' in kept) return kept.response
  const { code, message, details, own } = kept.error
  return new AppError(code, message, { details, own })
}

const STATUS: Readonly<Record<HookOperation, number>> = { create: 201, update: 200, delete: 200 }

function answered(operation: HookOperation, value: JsonValue | AppError): ApiResponse {
  if (value instanceof AppError) throw value
  if (value === null) return { status: 204, body: null }
  return { status: STATUS[operation], body: JSON.stringify(value), headers: { 'content-type': 'application/json' } }
}
