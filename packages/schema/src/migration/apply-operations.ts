import type { Collection, Field, Position, Schema } from '../model'
import { didYouMean } from '../suggest'
import { isUsers, USERS_FIELDS } from '../users'
import { PREDATES_BUILT_IN } from './diff-schemas'
import { currentField, currentName, type LaterOperations } from './later-names'
import type { MigrationOperation } from './migration-file'
import * as edit from './schema-edits'

/** An operation that does not fit the schema. */
export interface OperationProblem extends Position {
  readonly message: string
}

export type AppliedOperations =
  /** `states[i]` is the schema before operation i; the last one is the result. */
  { readonly ok: true; readonly states: readonly Schema[] } | { readonly ok: false; readonly problem: OperationProblem }

export interface ApplyOptions {
  /** The schema at the end of all migrations: what fields are to become stands there. */
  readonly to: Schema
  /** Operations of the migrations that follow. */
  readonly later?: LaterOperations
}

/** What operations make of a schema. */
export function applyOperations(
  from: Schema,
  operations: readonly MigrationOperation[],
  { to, later = [] }: ApplyOptions,
): AppliedOperations {
  const states = [from]
  for (const [i, operation] of operations.entries()) {
    const state = states[i] ?? from
    const rest = [...operations.slice(i + 1), ...later]
    const next = applyOperation(state, operation, to, rest)
    if (typeof next === 'string') return { ok: false, problem: { ...operation.position, message: next } }
    states.push(next)
  }
  const dangling = danglingReference(states.at(-1) ?? from, operations)
  return dangling ? { ok: false, problem: dangling } : { ok: true, states }
}

/** The next schema, or why the operation cannot be. */
function applyOperation(
  state: Schema,
  operation: MigrationOperation,
  to: Schema,
  rest: LaterOperations,
): Schema | string {
  switch (operation.type) {
    case 'sql':
      return state
    case 'rename_collection': {
      const { from, to: name } = operation
      if (from === 'users') return "'users' is built in and cannot be renamed"
      if (!state.collections.has(from)) return unknownCollection(state, from)
      if (state.collections.has(name)) return `a collection '${name}' already exists`
      return withTable(edit.renameCollection(state, from, name), name, { was: state.collections.get(from), to, rest })
    }
    case 'drop_collection': {
      if (operation.collection === 'users') return "'users' is built in and cannot be dropped"
      const collection = state.collections.get(operation.collection)
      if (!collection) return unknownCollection(state, operation.collection)
      return edit.dropCollection(state, collection.name)
    }
    default: {
      const collection = state.collections.get(operation.collection)
      if (!collection) return unknownCollection(state, operation.collection)
      return applyToCollection(state, collection, operation, { to, rest })
    }
  }
}

type CollectionOperation = Exclude<
  MigrationOperation,
  { readonly type: 'sql' | 'rename_collection' | 'drop_collection' }
>

function applyToCollection(
  state: Schema,
  collection: Collection,
  operation: CollectionOperation,
  { to, rest }: { readonly to: Schema; readonly rest: LaterOperations },
): Schema | string {
  if (operation.type === 'add_index') return addIndex(state, collection, operation.index, { to, rest })
  const name = operation.type === 'rename_field' ? operation.from : operation.field
  const field = collection.fields.get(name)
  if (operation.type === 'add_field') {
    if (field) return `'${collection.name}.${name}' already exists (use alter_field to change it)`
    return definedLater(state, collection, name, { to, rest })
  }
  if (!field) return `there is no field '${collection.name}.${name}'${didYouMean(name, collection.fields.keys())}`
  if (operation.type === 'alter_field') {
    if (field.predatesBuiltIn) return PREDATES_BUILT_IN
    return definedLater(state, collection, name, { to, rest })
  }
  if (isBuiltIn(collection, field)) return `'${collection.name}.${name}' is built in`
  if (operation.type === 'rename_field') {
    if (collection.fields.has(operation.to)) return `'${collection.name}.${operation.to}' already exists`
    return withColumn(edit.renameField(state, collection, field, operation.to), operation, { was: field, to, rest })
  }
  if (field.primary)
    return 'the primary key cannot be dropped: create a new collection, and copy the documents with an sql operation'
  return edit.dropField(state, collection, field)
}

/** A field that is renamed, and keeps its column where schema.yaml says so. */
function withColumn(
  state: Schema,
  { collection: name, to: field }: { readonly collection: string; readonly to: string },
  { was, to, rest }: { readonly was: Field; readonly to: Schema; readonly rest: LaterOperations },
): Schema {
  const collection = state.collections.get(name)
  const renamed = collection?.fields.get(field)
  if (!collection || !renamed || currentField(state, name, field, { to, rest })?.column !== was.column) return state
  return edit.setField(state, collection, { ...renamed, column: was.column })
}

/** The same for a collection and its table. */
function withTable(
  state: Schema,
  name: string,
  { was, to, rest }: { readonly was: Collection | undefined; readonly to: Schema; readonly rest: LaterOperations },
): Schema {
  const renamed = state.collections.get(name)
  const target = [...to.collections.values()].find((candidate) => currentName(state, candidate.name, rest) === name)
  if (!renamed || !was || target?.table !== was.table) return state
  return edit.setCollection(state, { ...renamed, table: was.table })
}

/** A field as the schema of the end has it, under its names of today. */
function definedLater(
  state: Schema,
  collection: Collection,
  name: string,
  { to, rest }: { readonly to: Schema; readonly rest: LaterOperations },
): Schema | string {
  const definition = currentField(state, collection.name, name, { to, rest })
  if (!definition)
    return `the target schema does not define '${collection.name}.${name}': it is missing, or dropped by a later operation`
  if (definition.primary !== (collection.fields.get(name)?.primary ?? false)) {
    return 'the primary key cannot be changed: create a new collection, and copy the documents with an sql operation'
  }
  return edit.setField(state, collection, definition)
}

function addIndex(
  state: Schema,
  collection: Collection,
  name: string,
  { to, rest }: { readonly to: Schema; readonly rest: LaterOperations },
): Schema | string {
  const later = [...to.collections.values()].find(
    (candidate) => currentName(state, candidate.name, rest) === collection.name,
  )
  const index = later?.indexes.find((candidate) => candidate.name === name)
  if (!later || !index) return `the schema has no index '${name}' in '${collection.name}'`
  const missing = index.fields.find((field) => !collection.fields.has(field))
  if (missing !== undefined)
    return `index '${name}' needs the field '${collection.name}.${missing}', which does not exist yet`
  return edit.setIndex(state, collection, index)
}

function unknownCollection(state: Schema, name: string): string {
  return `there is no collection '${name}'${didYouMean(name, state.collections.keys())}`
}

function isBuiltIn(collection: Collection, field: Field): boolean {
  return isUsers(collection) && !field.predatesBuiltIn && USERS_FIELDS.some(({ name }) => name === field.name)
}

/** Something that is dropped and still referred to when all is done. */
function danglingReference(end: Schema, operations: readonly MigrationOperation[]): OperationProblem | undefined {
  for (const operation of operations) {
    if (operation.type !== 'drop_collection' && operation.type !== 'drop_field') continue
    const field = operation.type === 'drop_field' ? operation.field : undefined
    const target = end.collections.get(operation.collection)
    if (target && (field === undefined || target.fields.has(field))) continue
    for (const other of end.collections.values()) {
      for (const { references, name } of other.fields.values()) {
        if (references?.collection !== operation.collection || (field !== undefined && references.field !== field))
          continue
        const dropped = field === undefined ? operation.collection : `${operation.collection}.${field}`
        return {
          ...operation.position,
          message: `'${other.name}.${name}' still references '${dropped}': drop or alter it too`,
        }
      }
    }
  }
  return undefined
}
