import { AppError, type SqlValue, type Tx } from '@koyalite/contracts'
import type { Field, JsonValue } from '@koyalite/schema'
import { type Caller, type DataContext, isHidden, modelNamed, notFound, requireVisible } from '../data-context'
import {
  checkInput,
  defaultValue,
  documentObject,
  type JsonObject,
  mayKeep,
  type StoredValues,
  withoutKey,
} from '../document-input'
import { requireMatch, requireNoMatch } from '../etag'
import { examineDocument, insertDocument, type Target, updateDocument } from '../store/write-document'
import { fieldChecks, updateChecks } from '../write-checks'
import { createChecks } from './create-document'
import type { WriteStep } from './write-step'

export interface Replacement {
  readonly collection: string
  readonly id: string
  readonly data: unknown
  readonly ifMatch: string | null
  /** `*`: only create. */
  readonly ifNoneMatch?: string | null
}

/**
 * Creates a document under a key of the caller's choice, or replaces the one that is there. Fields that are not given get their
 * defaults; those that the caller may not write or read keep their values. Who may not create the document does not learn whether a hidden one has the key.
 * Throws NOT_FOUND, UNAUTHENTICATED, FORBIDDEN, VALIDATION_ERROR, CONFLICT, PRECONDITION_FAILED.
 */
export function replaceDocument(context: DataContext, caller: Caller, input: Replacement): WriteStep {
  const model = modelNamed(context, input.collection)
  const { collection } = model
  const key = model.parseKey(input.id)
  const target: Target = { context, caller, model, input: input.data as JsonValue }
  const mayCreate =
    caller.access.verdict(collection, 'create', target.input) !== 'never' &&
    (model.keyIsServers || caller.access.writeField(collection, collection.primaryKey, target.input) !== 'never')
  const mayUpdate = !updateChecks(target, []).impossible
  const canExist = mayCreate && model.fields.every((field) => isGivable(target, field))
  const mayHide = caller.access.read.rows(collection).kind !== 'all' && !caller.access.bypasses(collection, 'update')
  if (!mayCreate) requireVisible(caller, collection, 'update', input.id)
  // The values are checked only where the write may happen: a refusal must not tell what a valid document looks like.
  const values =
    mayCreate || mayUpdate
      ? checkInput(target, 'replace', withoutKey(model, documentObject(input.data), key), {
          server: keyOf(target, key),
        })
      : NO_VALUES
  const given = [...values.keys()].filter((field) => !field.primary)
  return (tx) => {
    const checks = updateChecks(target, given)
    const examined = examineDocument(tx, target, key, checks.before)
    if (!examined) {
      if (mayHide && (!canExist || input.ifMatch !== null)) throw notFound(collection, input.id)
      requireMatch(input.ifMatch, null)
      if (model.keyIsServers && caller.actor.kind !== 'system') throw notFound(collection, input.id)
      const create = () => createReplacement(tx, target, { key, values, given, mayCreate })
      return {
        status: 201,
        document: mayHide ? hidingRefusals(create, () => notFound(collection, input.id)) : create(),
      }
    }
    if (isHidden(caller, collection, 'update', examined.document)) throw notFound(collection, input.id)
    if (checks.impossible) throw caller.access.refusal(collection, 'update')
    const after = checks.after(examined)
    requireMatch(input.ifMatch, examined.document)
    requireNoMatch(input.ifNoneMatch ?? null, examined.document)
    return {
      status: 200,
      document: updateDocument(tx, target, { key, values: wholeDocument(target, values, examined.document), ...after }),
    }
  }
}

interface NewReplacement {
  readonly key: SqlValue
  readonly values: StoredValues
  readonly given: readonly Field[]
  readonly mayCreate: boolean
}

function createReplacement(tx: Tx, target: Target, { key, values, given, mayCreate }: NewReplacement): string {
  const { caller, model } = target
  const { primaryKey } = model.collection
  const permission = createChecks(target)
  // Of the key it is known by now that they may not choose it.
  if (!mayCreate) throw caller.access.fieldRefusal(model.collection, primaryKey)
  const checks = [...permission, ...fieldChecks(target, [primaryKey, ...given])]
  return insertDocument(tx, { target, values: new Map([...values, [primaryKey, key]]), checks })
}

/** Where the document may not be created, what is not there gets the answer of what is hidden. */
function hidingRefusals<T>(create: () => T, absent: () => AppError): T {
  try {
    return create()
  } catch (error) {
    const isRefusal = error instanceof AppError && (error.code === 'UNAUTHENTICATED' || error.code === 'FORBIDDEN')
    throw isRefusal ? absent() : error
  }
}

/** Whether a new document of this caller can have a value of the field, where it must have one. */
function isGivable({ caller, model, input }: Target, field: Field): boolean {
  if (field.nullable || field.primary || field.default !== undefined) return true
  return caller.access.writeField(model.collection, field, input) !== 'never'
}

/** The key is checked like any other value, but for that of a user: it is the server's. Only a new document asks for the right to choose it. */
function keyOf({ model }: Target, key: SqlValue): JsonObject {
  return model.keyIsServers ? {} : { [model.collection.primaryKey.name]: key as string | number }
}

const NO_VALUES: StoredValues = new Map()

/** The document that the values stand for. Left out of it are fields whose stored values the caller may not read or write. */
function wholeDocument(target: Target, values: StoredValues, readable: string | null): StoredValues {
  const { model, caller, input } = target
  const { access } = caller
  const { collection } = model
  const seen = readable === null ? {} : (JSON.parse(readable) as object)
  // Where it takes the document to tell whether they may write it, only a value that was given is checked.
  const isKept = (field: Field): boolean =>
    mayKeep(target, field) &&
    !(access.writeField(collection, field, input) === 'always' && Object.hasOwn(seen, field.name))
  const whole = new Map<Field, SqlValue>()
  for (const field of model.fields) {
    if (field.primary || (!values.has(field) && isKept(field))) continue
    whole.set(field, values.has(field) ? (values.get(field) ?? null) : defaultValue(field, caller.now))
  }
  return whole
}
