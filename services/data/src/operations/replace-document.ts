import { AppError, type HookValues, type SqlValue, type Tx } from '@koyalite/contracts'
import type { Field } from '@koyalite/schema'
import type { Caller } from '../caller'
import type { DataContext } from '../data-context'
import {
  checkInput,
  defaultValue,
  documentObject,
  type JsonObject,
  mayKeep,
  type StoredValues,
  withoutKey,
} from '../document-input'
import type { WriteHooks } from '../hooks/hook-source'
import { returnedValues, shownValues, textsOf } from '../hooks/hook-values'
import { createDocument as createHooked, lackedBy } from '../hooks/hooked-create'
import { updateDocument as updateHooked } from '../hooks/hooked-update'
import { hooksOf } from '../hooks/hooks-of'
import { type Preparation, preparation } from '../hooks/preparation'
import { withReady } from '../hooks/ready'
import { notFound } from '../missing-document'
import { fieldRefusalOf, refusalOf } from '../refusal'
import { examineDocument } from '../store/examine-document'
import type { NewDocument } from '../store/insert-documents'
import { NO_GUARDS, statementsOf, type Target } from '../store/target'
import { updateDocument } from '../store/update-document'
import { fieldChecks, updateChecks, updateDecision } from '../write-checks'
import { createChecks, hookable } from './create-document'
import type { Precondition } from './precondition'
import {
  type DocumentName,
  type DocumentTarget,
  mayHide,
  requireShown,
  requireVisible,
  targetDocument,
} from './target-document'
import { inParts, type WriteStep } from './write-outcome'

export interface Replacement extends DocumentName {
  readonly data: unknown
  readonly precondition?: Precondition | null
}

/**
 * Creates a document under a key of the caller's choice, or replaces the one that exists. Fields that are not given
 * get their defaults; those that the caller may not write or read, or that default to `auth.id`, keep their values. A caller who may not create the
 * document does not learn whether a hidden one has the key. Throws NOT_FOUND, UNAUTHENTICATED, FORBIDDEN,
 * VALIDATION_ERROR, CONFLICT, PRECONDITION_FAILED.
 */
export function replaceDocument(context: DataContext, caller: Caller, input: Replacement): WriteStep {
  return prepareReplacement(context, caller, input).step
}

/** A replacement, and the document that it creates where there is none yet. */
export interface PreparedReplacement {
  readonly step: WriteStep
  readonly key: SqlValue
  /** Null where the caller may not be able to create it, or is not to learn that it is missing. */
  readonly creation: NewDocument | null
}

/** The first half of `replaceDocument`: what can be checked without the database. */
export function prepareReplacement(context: DataContext, caller: Caller, input: Replacement): PreparedReplacement {
  const target = targetDocument(context, caller, input)
  const { model, key } = target
  const { collection } = model
  const precondition = input.precondition ?? null
  const mayCreate =
    caller.access.verdict(collection, 'create', target.input) !== 'never' &&
    (model.keyIsServers || caller.access.writeField(collection, collection.primaryKey, target.input) !== 'never')
  const decision = updateDecision(target)
  const mayLack = lackedBy(target)
  const canExist = mayCreate && model.fields.every((field) => isGivable(target, field) || mayLack?.(field) === true)
  const hidesSome = mayHide(target) && !caller.access.bypasses(collection, 'update')
  if (!mayCreate) requireVisible(target, 'update')
  // Validated only where the write may happen: a refusal must not reveal what a valid document looks like.
  const values =
    mayCreate || !decision.impossible
      ? checkInput(target, 'replace', withoutKey(model, documentObject(input.data), key), {
          server: keyOf(target, key),
          mayLack,
        })
      : NO_VALUES
  const given = [...values.keys()].filter((field) => !field.primary)
  const checks = updateChecks(target, decision, given)
  const hooks = hooksOf(context, collection.name, ['create', 'update'])
  const prepared = hooks && replacementPreparation(target, hooks, values)
  /** A missing one, where a refusal would tell it from a hidden one. */
  const absent = ({ denial }: AppError) => notFound(collection, input.id, denial)
  const step = inParts(function* (tx) {
    const current = examineDocument(tx, target, { key, guards: checks.before, fields: [], samplesAbsence: !hidesSome })
    if (!current) {
      if (hidesSome && (!canExist || precondition?.requiresDocument)) throw absent(refusalOf(target, 'create'))
      precondition?.check(undefined)
      if (model.keyIsServers && caller.actor.kind !== 'system') throw notFound(collection, input.id)
      const create = () => createReplacement(tx, target, { key, values, given, mayCreate, prepared })
      const document = hidesSome ? hidingRefusals(create, absent) : create()
      return { kind: 'created', document }
    }
    requireShown(tx, target, 'update', current.document)
    if (decision.impossible) throw refusalOf(target, 'update')
    const after = checks.after(current)
    precondition?.check(current.document)
    const whole = wholeDocument(target, values, current.document)
    yield
    if (hooks === null) return updateDocument(tx, target, { key, values: whole, ...after })
    const made = prepared?.made('update') ?? null
    const going = made === null ? whole : wholeDocument(target, preparedValues(target, values, made), current.document)
    return updateHooked(tx, target, { hooks, key, values: going, asSent: whole, after, named: [...whole.keys()] })
  })
  const isPlain = hooks === null && mayCreate && !hidesSome && !model.keyIsServers && precondition === null
  return {
    ...{ step: withReady(step, prepared?.ready), key },
    creation: isPlain ? newReplacement(target, { key, values, given, mayCreate, prepared: null }) : null,
  }
}

interface NewReplacement {
  readonly key: SqlValue
  readonly values: StoredValues
  readonly given: readonly Field[]
  readonly mayCreate: boolean
  /** What is prepared is the replacement, whatever it comes to. */
  readonly prepared: Preparation | null
}

function createReplacement(tx: Tx, target: Target, replacement: NewReplacement): string {
  return createHooked(tx, newReplacement(target, replacement))
}

function newReplacement(target: Target, { key, values, given, mayCreate, prepared }: NewReplacement): NewDocument {
  const { primaryKey } = target.model.collection
  const permission = createChecks(target)
  // All that is left is that they may not choose the key.
  if (!mayCreate) throw fieldRefusalOf(target, 'create', primaryKey)
  const ofFields = fieldChecks(target, 'create', [primaryKey, ...given])
  const document = { target, values: new Map([...values, [primaryKey, key]]), checks: permission }
  return hookable(document, ofFields, prepared ?? undefined)
}

/** Whether it is a creation is looked up before it is queued: of a document that is hidden from the caller nothing shows. */
function replacementPreparation(target: DocumentTarget, hooks: WriteHooks, values: StoredValues): Preparation {
  const { caller, context, key, model } = target
  const isShown = () => {
    const { bypasses, bind } = caller.access
    const sql = statementsOf(target).select(key, NO_GUARDS, [])
    const row = context.database.get(bind(sql, target.input))
    return row !== undefined && (row[0] !== null || bypasses(model.collection, 'update'))
  }
  return preparation(target, hooks, {
    operations: ['create', 'update'],
    operation: () => (isShown() ? 'update' : 'create'),
    shown: () => shownValues(values),
  })
}

function preparedValues(target: Target, given: StoredValues, result: HookValues): StoredValues {
  return returnedValues(target, 'update', { given, texts: textsOf(shownValues(given)), result })
}

/** Where the document may not be created, a missing one gets the same error as a hidden one. */
function hidingRefusals<T>(create: () => T, absent: (refusal: AppError) => AppError): T {
  try {
    return create()
  } catch (error) {
    const isRefusal = error instanceof AppError && (error.code === 'UNAUTHENTICATED' || error.code === 'FORBIDDEN')
    throw isRefusal ? absent(error) : error
  }
}

/** Whether a new document of this caller can have a value of the field, where it must have one. */
function isGivable({ caller, model, input }: Target, field: Field): boolean {
  if (field.nullable || field.primary) return true
  if (field.default !== undefined && (field.default.kind !== 'auth.id' || caller.actor.kind === 'user')) return true
  return caller.access.writeField(model.collection, field, input) !== 'never'
}

/**
 * The key is checked like any other value, except that of a user, which is the server's. The right to choose it is
 * asked for only when a document is created.
 */
function keyOf({ model }: Target, key: SqlValue): JsonObject {
  return model.keyIsServers ? {} : { [model.collection.primaryKey.name]: key as string | number }
}

const NO_VALUES: StoredValues = new Map()

/**
 * All values of the replaced document, without the fields that keep theirs: those that the caller may not read or
 * write, and those that say who made the document.
 */
function wholeDocument(target: Target, values: StoredValues, readable: string | null): StoredValues {
  const { model, caller, input } = target
  const { access } = caller
  const { collection } = model
  let seen: object | undefined
  const isSeen = ({ name }: Field): boolean => {
    seen ??= readable === null ? {} : (JSON.parse(readable) as object)
    return Object.hasOwn(seen, name)
  }
  // Where write access depends on the document, only values that were given are checked.
  const isKept = (field: Field): boolean =>
    field.default?.kind === 'auth.id' ||
    (mayKeep(target, field) && !(access.writeField(collection, field, input) === 'always' && isSeen(field)))
  const whole = new Map<Field, SqlValue>()
  for (const field of model.fields) {
    if (field.primary || (!values.has(field) && isKept(field))) continue
    whole.set(field, values.has(field) ? (values.get(field) ?? null) : defaultValue(field, caller))
  }
  return whole
}
