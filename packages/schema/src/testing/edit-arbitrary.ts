import fc from 'fast-check'
import type { Collection, Field, Index, Schema } from '../model'
import { parseSchema } from '../parse-schema'
import { printSchema } from '../print-schema'
import { USERS_FIELDS } from '../users'
import { arbitraryCollection, arbitraryField } from './schema-arbitrary'

/** An edit of a schema, for property tests only. One that would make it invalid leaves it as it is. */
export type Edit = (schema: Schema) => Schema

const START = { line: 1, column: 1 }
const NONE = { enums: [], targets: [] }
const NEW_NAMES = ['fresh', 'order', 'extra_id', 'count'] as const

const addCollection = fc
  .constantFrom(...NEW_NAMES)
  .chain((name) => arbitraryCollection(name, NONE))
  .map(
    (collection): Edit =>
      (schema) =>
        schema.collections.has(collection.name) ? schema : withCollection(schema, collection),
  )

const removeCollection = fc.nat(9).map(
  (at): Edit =>
    (schema) => {
      const name = pick([...schema.collections.keys()], at)
      return {
        ...schema,
        collections: new Map([...schema.collections].filter(([key]) => key !== name || key === 'users')),
      }
    },
)

const addField = fc
  .tuple(
    fc.nat(9),
    fc.constantFrom(...NEW_NAMES).chain((name) => arbitraryField(name, NONE)),
  )
  .map(
    ([at, field]): Edit =>
      onCollection(at, (collection) => (collection.fields.has(field.name) ? collection : withField(collection, field))),
  )

const removeField = fc.tuple(fc.nat(9), fc.nat(9)).map(
  ([at, fieldAt]): Edit =>
    onCollection(at, (collection) => {
      const field = pick(editable(collection), fieldAt)
      if (!field) return collection
      const fields = new Map([...collection.fields].filter(([name]) => name !== field.name))
      return {
        ...collection,
        fields,
        indexes: collection.indexes.filter((index) => !index.fields.includes(field.name)),
      }
    }),
)

/** Another definition under the same name: any type, any constraints. */
const replaceField = fc
  .tuple(fc.nat(9), fc.nat(9), arbitraryField('x', NONE))
  .map(
    ([at, fieldAt, definition]): Edit =>
      onField(at, fieldAt, (field) => ({ ...definition, name: field.name, column: field.column })),
  )

const loosenField = fc
  .tuple(
    fc.nat(9),
    fc.nat(9),
    fc.constantFrom('nullable', 'unique', 'index', 'internal', 'validation', 'default', 'onDelete', 'column', 'text'),
  )
  .map(([at, fieldAt, aspect]): Edit => onField(at, fieldAt, (field) => loosened(field, aspect)))

const changeIndexes = fc.tuple(fc.nat(9), fc.nat(9), fc.boolean(), fc.boolean(), fc.boolean()).map(
  ([at, fieldAt, isDescending, isUnique, isRemoval]): Edit =>
    onCollection(at, (collection) => {
      if (isRemoval) return { ...collection, indexes: collection.indexes.slice(1) }
      const field = pick([...collection.fields.values()], fieldAt)
      const index: Index = {
        name: `made_${collection.name}`,
        fields: field ? [field.name] : [],
        order: isDescending ? 'desc' : 'asc',
        unique: isUnique,
        position: START,
      }
      return { ...collection, indexes: [...collection.indexes.filter(({ name }) => name !== index.name), index] }
    }),
)

const changeRest = fc
  .tuple(fc.nat(9), fc.boolean())
  .map(
    ([at, isTable]): Edit =>
      onCollection(at, (collection) =>
        isTable
          ? { ...collection, table: `${collection.table}_2`.slice(0, 40) }
          : { ...collection, audit: !collection.audit, rules: {} },
      ),
  )

/** Edits that need no migration file, mostly. */
export const looseEdit: fc.Arbitrary<Edit> = fc
  .oneof(addCollection, addField, loosenField, loosenField, changeIndexes, changeRest)
  .map(checked)

/** Edits of every kind. */
export const anyEdit: fc.Arbitrary<Edit> = fc
  .oneof({ weight: 2, arbitrary: looseEdit }, removeCollection, removeField, replaceField)
  .map(checked)

function checked(edit: Edit): Edit {
  return (schema) => {
    const edited = edit(schema)
    return parseSchema(printSchema(edited), { file: 's' }).ok ? edited : schema
  }
}

function loosened(field: Field, aspect: string): Field {
  const { default: fallback, ...rest } = field
  switch (aspect) {
    case 'nullable':
      return { ...field, nullable: true }
    case 'unique':
      return { ...field, unique: false }
    case 'index':
      return { ...field, index: !field.index }
    case 'internal':
      return { ...field, internal: !field.internal }
    case 'validation':
      return field.enumName === undefined ? { ...field, validation: {} } : field
    case 'default':
      if (fallback || !field.nullable) return rest
      if (field.type === 'timestamp') return { ...rest, default: { kind: 'now' } }
      return field.type === 'date' ? { ...rest, default: { kind: 'today' } } : rest
    case 'onDelete':
      return field.references ? { ...field, references: { ...field.references, onDelete: 'cascade' } } : field
    case 'column':
      return { ...field, column: `${field.column} x`.slice(0, 30) }
    default:
      return field.type === 'string' ? { ...field, type: 'text' } : field
  }
}

function onField(at: number, fieldAt: number, change: (field: Field) => Field): Edit {
  return onCollection(at, (collection) => {
    const field = pick(editable(collection), fieldAt)
    return field ? withField(collection, change(field)) : collection
  })
}

function onCollection(at: number, change: (collection: Collection) => Collection): Edit {
  return (schema) => {
    const collection = pick([...schema.collections.values()], at)
    return collection ? withCollection(schema, change(collection)) : schema
  }
}

function withCollection(schema: Schema, collection: Collection): Schema {
  return { ...schema, collections: new Map([...schema.collections, [collection.name, collection]]) }
}

function withField(collection: Collection, field: Field): Collection {
  return { ...collection, fields: new Map([...collection.fields, [field.name, field]]) }
}

function editable(collection: Collection): readonly Field[] {
  const isBuiltIn = (field: Field) =>
    collection.name === 'users' && USERS_FIELDS.some(({ name }) => name === field.name)
  return [...collection.fields.values()].filter((field) => !field.primary && !isBuiltIn(field))
}

function pick<T>(list: readonly T[], at: number): T | undefined {
  return list[at % Math.max(list.length, 1)]
}
