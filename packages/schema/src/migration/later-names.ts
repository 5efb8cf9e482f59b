import type { Collection, Field, Reference, Schema } from '../model'
import { reasonAgainstAdding } from './diff-schemas'
import type { MigrationOperation } from './migration-file'
import { setCollection, setField } from './schema-edits'

/** The operations that are still to come. */
export type LaterOperations = readonly MigrationOperation[]

interface Aims {
  /** The schema at the end of them. */
  readonly to: Schema
  readonly rest: LaterOperations
}

/** What a collection of today, or its field, will be called at the end; undefined if it will be gone. */
function laterName(
  rest: LaterOperations,
  collection: string,
  field?: string,
): { readonly collection: string; readonly field: string | undefined } | undefined {
  let [collectionName, fieldName] = [collection, field]
  for (const operation of rest) {
    if (operation.type === 'rename_collection' && operation.from === collectionName) collectionName = operation.to
    else if (operation.type === 'drop_collection' && operation.collection === collectionName) return undefined
    else if (!('collection' in operation) || operation.collection !== collectionName) continue
    else if (operation.type === 'rename_field' && operation.from === fieldName) fieldName = operation.to
    else if (operation.type === 'drop_field' && operation.field === fieldName) return undefined
  }
  return { collection: collectionName, field: fieldName }
}

/** What a collection of the end is called today; undefined if it is not there yet. */
export function currentName(state: Schema, name: string, rest: LaterOperations): string | undefined {
  return [...state.collections.keys()].find((candidate) => laterName(rest, candidate)?.collection === name)
}

/** The field of the end that is called so today, with its names of today. */
export function currentField(state: Schema, collection: string, name: string, aims: Aims): Field | undefined {
  const later = laterName(aims.rest, collection, name)
  const definition = later && aims.to.collections.get(later.collection)?.fields.get(later.field ?? '')
  return definition && withCurrentNames(state, definition, name, aims)
}

/**
 * The schema with everything that comes by itself and that no operation brings: new collections, and new fields that are nullable or have a default. They are
 * there before the operations run, so that these can fill them.
 */
export function withAdditions(state: Schema, { to, rest }: Aims): Schema {
  let result = state
  for (const target of to.collections.values()) {
    const name = currentName(state, target.name, rest)
    if (name === undefined) {
      if (isBroughtBy(rest, target.name)) continue
      const fields = [...target.fields.values()].map((field) =>
        withCurrentNames(state, field, field.name, { to, rest }),
      )
      result = setCollection(result, { ...target, fields: new Map(fields.map((field) => [field.name, field])) })
      continue
    }
    for (const field of target.fields.values()) {
      const collection = result.collections.get(name)
      if (!collection || isKnown(collection, field.name, target.name, rest)) continue
      if (isBroughtBy(rest, target.name, field.name) || collection.fields.has(field.name)) continue
      if (reasonAgainstAdding(field) !== undefined) continue
      result = setField(result, collection, withCurrentNames(state, field, field.name, { to, rest }))
    }
  }
  return result
}

/** Whether a field of today will be that field of the end. */
function isKnown(collection: Collection, field: string, target: string, rest: LaterOperations): boolean {
  return [...collection.fields.keys()].some((name) => {
    const later = laterName(rest, collection.name, name)
    return later?.collection === target && later.field === field
  })
}

/** Whether an operation adds it, or renames something to it. */
function isBroughtBy(rest: LaterOperations, collection: string, field?: string): boolean {
  return rest.some((operation, i) => {
    const after = rest.slice(i + 1)
    if (field === undefined)
      return operation.type === 'rename_collection' && laterName(after, operation.to)?.collection === collection
    const name =
      operation.type === 'add_field' ? operation.field : operation.type === 'rename_field' ? operation.to : undefined
    if (name === undefined || !('collection' in operation)) return false
    const later = laterName(after, operation.collection, name)
    return later?.collection === collection && later.field === field
  })
}

function withCurrentNames(state: Schema, definition: Field, name: string, { rest }: Aims): Field {
  const column = definition.column === definition.name ? name : definition.column
  const { references, ...field } = definition
  return { ...field, name, column, ...(references && { references: currentReference(state, references, rest) }) }
}

function currentReference(state: Schema, reference: Reference, rest: LaterOperations): Reference {
  const collection = currentName(state, reference.collection, rest)
  if (collection === undefined) return reference
  const fields = [...(state.collections.get(collection)?.fields.keys() ?? [])]
  const field = fields.find((name) => laterName(rest, collection, name)?.field === reference.field)
  return { ...reference, collection, field: field ?? reference.field }
}
