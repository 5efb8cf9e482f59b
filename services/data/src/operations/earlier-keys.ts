import { AppError, type ErrorCode, type ErrorDetail } from '@koyalite/contracts'
import type { Field, FieldType, JsonValue } from '@koyalite/schema'
import type { Caller, Prepared } from '../caller'
import type { CollectionModel } from '../collection-model'
import { type DataContext, modelNamed } from '../data-context'
import { hooksOf } from '../hooks/hooks-of'
import { validationError } from '../validation-error'
import { type BatchItem, type ReadyItem, readyOf } from './batch-item'
import type { BatchOperation, EarlierKey, Key, ReadyOperation } from './batch-operation'
import { prepareOperation } from './prepare-operation'

/** What later operations have to know of an operation. */
type Earlier = Pick<BatchOperation, 'op' | 'collection'>

/**
 * Returns a function that prepares the operations of a batch, in their order. One that names keys of earlier ones is
 * checked apart from these at once, with everything that is wrong with it in one error, and prepared when its turn
 * comes: rules see it as if the keys had been sent.
 */
export function operationPreparer(context: DataContext, caller: Caller): (operation: BatchOperation) => BatchItem {
  const before: Earlier[] = []
  return (operation) => {
    const places = placesIn(context, caller, operation)
    const item =
      places.length === 0
        ? prepareOperation(context, caller, operation as ReadyOperation)
        : deferred(context, caller, { operation, places, before, index: before.length })
    before.push({ op: operation.op, collection: operation.collection })
    return item
  }
}

/** A place in an operation where `$result` stands. */
interface Place {
  /** `id` beside the data, or a field in it. */
  readonly of: 'operation' | 'data'
  readonly field: Field
  readonly value: EarlierKey
}

/** Elsewhere it is what it looks like: a value of a json field, or one of the wrong type. */
function placesIn(context: DataContext, caller: Caller, operation: BatchOperation): readonly Place[] {
  const { id } = operation
  const data = operation.op === 'delete' ? undefined : operation.data
  if (!isObject(data) && !isEarlierKey(id)) return NO_PLACES
  const model = modelNamed(context, caller, operation.collection)
  const places: Place[] = []
  if (isEarlierKey(id)) places.push({ of: 'operation', field: model.collection.primaryKey, value: id })
  if (operation.op === 'delete' || !isObject(data)) return places
  for (const field of model.keyFields) {
    const value = Object.hasOwn(data, field.name) ? data[field.name] : undefined
    if (isEarlierKey(value) && exists(caller, model, { field, operation })) places.push({ of: 'data', field, value })
  }
  return places
}

const NO_PLACES: readonly Place[] = []

type WithData = Exclude<BatchOperation, { readonly op: 'delete' }>

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isEarlierKey(value: unknown): value is EarlierKey {
  return isObject(value) && Object.hasOwn(value, '$result')
}

/** Whether the caller can name a field in an operation: what is wrong with `$result` must not tell of others. */
function exists(
  { access }: Caller,
  { collection }: CollectionModel,
  { field, operation }: { readonly field: Field; readonly operation: WithData },
): boolean {
  if (operation.op === 'assert') return !field.internal && access.read.field(collection, field).kind !== 'none'
  return access.writeField(collection, field, operation.data as JsonValue) !== 'never'
}

interface Deferring {
  readonly operation: BatchOperation
  readonly places: readonly Place[]
  readonly index: number
  /** The operations before it; later ones may follow. */
  readonly before: readonly Earlier[]
}

function deferred(context: DataContext, caller: Caller, deferring: Deferring): BatchItem {
  const { operation, places, before } = deferring
  const problems = places.flatMap((place) => problemOf(context, place, deferring) ?? [])
  const by = preparedApart(context, caller, deferring)
  const standIn = checkApart(context, by, deferring, problems)
  const needed = places.map(({ value }) => value.$result as number)
  return {
    needs: Math.max(...needed),
    prepare(keyOf) {
      const keys = places.map((_, index): Key => {
        const source = needed[index] as number
        const { collection } = modelNamed(context, caller, (before[source] as Earlier).collection)
        return keyOf(source, collection.primaryKey.name)
      })
      return prepareOperation(context, by, withKeys(operation, places, keys))
    },
    ready: standIn === null ? undefined : readyOf(standIn),
  }
}

/** Hooks prepare an operation before it runs: without the keys that it names. */
function preparedApart(context: DataContext, caller: Caller, { operation, places }: Deferring): Caller {
  if (hooksOf(context, operation.collection, ['create', 'update', 'delete']) === null) return caller
  const { primaryKey } = modelNamed(context, caller, operation.collection).collection
  const unknown = places.map(({ of, field }) => (of === 'operation' ? primaryKey.name : field.name))
  const prepared: Prepared = { unknown }
  return { ...caller, hooking: { ...caller.hooking, prepared: () => prepared } }
}

function problemOf(context: DataContext, { of, field, value }: Place, { operation, index: own, before }: Deferring) {
  const name = of === 'operation' ? 'id' : field.name
  const problem = (message: string): ErrorDetail => ({ field: name, code: 'result', message: `${name} ${message}` })
  const { $result: index } = value
  if (typeof index !== 'number' || !Number.isInteger(index) || index < 0 || Object.keys(value).length > 1)
    return problem('must be {"$result": n} and nothing else, where n is the index of an earlier operation')
  const source = index < own ? before[index] : undefined
  if (source === undefined) return problem(`must be the key of an earlier operation, and this one has the index ${own}`)
  if (source.op === 'delete' || source.op === 'assert')
    return problem(`cannot be the key of operation ${index}: its result is null`)
  const targets = keysOf(context, field, operation.collection)
  if (targets.includes(source.collection)) return null
  const { references } = field
  if (targets.length === 0 && references)
    return problem(
      `refers to '${references.field}' of '${references.collection}', which is not the key: send the value`,
    )
  return problem(
    `must be a key of ${targets.map((target) => `'${target}'`).join(' or ')}, and operation ${index} is about '${source.collection}'`,
  )
}

/** The collections whose keys a field holds. */
function keysOf({ models }: DataContext, { primary, references }: Field, own: string): readonly string[] {
  const target = references && models.get(references.collection)?.collection
  const isKey = target?.primaryKey.name === references?.field
  return [...(primary ? [own] : []), ...(target && isKey ? [target.name] : [])]
}

/**
 * Throws everything that is wrong with an operation, whatever the keys are; nothing else is known before these are. Returns it
 * as it would be with other keys, where it could be.
 */
function checkApart(
  context: DataContext,
  caller: Caller,
  { operation, places }: Deferring,
  problems: readonly ErrorDetail[],
): ReadyItem | null {
  const standIns = places.map(({ field }) => STAND_INS[field.type] ?? '')
  const [item, error] = tried(() => prepareOperation(context, caller, withKeys(operation, places, standIns)))
  if (error && (problems.length > 0 ? REFUSALS : REGARDLESS).has(error.code)) throw error
  const names = new Set(places.flatMap(({ of, field }) => (of === 'operation' ? ['id', field.name] : field.name)))
  const others = error?.code === 'VALIDATION_ERROR' ? error.details.filter(({ field }) => !names.has(field)) : []
  if (problems.length + others.length > 0) throw validationError([...problems, ...others])
  return item
}

/** A key of each type: what is said of it is not said of the key that will be there. */
const STAND_INS: Partial<Record<FieldType, Key>> = { uuid: '00000000-0000-0000-0000-000000000000', int: 0 }

/** Who may do nothing of it does not learn what would be wrong with it. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set(['UNAUTHENTICATED', 'FORBIDDEN'])
const REGARDLESS: ReadonlySet<ErrorCode> = new Set(['INVALID_FILTER', 'INVALID_REQUEST'])

function tried<T>(run: () => T): readonly [T, null] | readonly [null, AppError] {
  try {
    return [run(), null]
  } catch (error) {
    if (error instanceof AppError) return [null, error]
    throw error
  }
}

function withKeys(operation: BatchOperation, places: readonly Place[], keys: readonly Key[]): ReadyOperation {
  const known: Record<string, Key | Record<string, unknown>> = {}
  // Like parsed bodies, so that schemas see own keys only.
  const data: Record<string, unknown> = Object.create(null)
  if (operation.op !== 'delete' && isObject(operation.data)) known.data = Object.assign(data, operation.data)
  places.forEach(({ of, field }, index) => {
    const key = keys[index] as Key
    if (of === 'operation') known.id = key
    else data[field.name] = key
  })
  return { ...operation, ...known } as ReadyOperation
}
