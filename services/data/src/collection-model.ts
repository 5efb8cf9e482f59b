import { AppError, type SqlValue } from '@koyalite/contracts'
import {
  type Collection,
  type Field,
  type FieldType,
  isUsers,
  isUuid,
  relationsOf,
  type Schema,
} from '@koyalite/schema'
import { createDocumentValidator, type DocumentValidator } from '@koyalite/schema/document-validator'

/** A collection with everything that is derived from it, once per schema. */
export interface CollectionModel {
  readonly collection: Collection
  readonly fields: readonly Field[]
  readonly jsonFields: readonly Field[]
  /** Those of types that code of the project validates. */
  readonly ownTyped: readonly Field[]
  /** A field of it refers to documents of the same collection. */
  readonly refersToItself: boolean
  /** Fields besides the key that documents refer to: in an adopted table references may follow changes (ON UPDATE). */
  readonly referredTo: ReadonlySet<Field>
  /** The server chooses the keys, clients may not: of users. */
  readonly keyIsServers: boolean
  readonly validator: DocumentValidator
  /** The key, and the fields that refer to documents. */
  readonly keyFields: readonly Field[]
  /** The stored form of a key as it stands in a path; undefined for what cannot be a key. */
  readKey(text: string): SqlValue | undefined
  /** The same; throws NOT_FOUND for what cannot be a key. */
  parseKey(text: string): SqlValue
}

export function createCollectionModel(schema: Schema, collection: Collection): CollectionModel {
  const fields = [...collection.fields.values()]
  const readKey = (text: string) => keyFromText(collection.primaryKey.type, text)
  return {
    collection,
    fields,
    jsonFields: fields.filter((field) => field.type === 'json'),
    ownTyped: fields.filter((field) => field.ownType !== undefined),
    refersToItself: fields.some((field) => field.references?.collection === collection.name),
    referredTo: new Set(
      [...relationsOf(schema, collection).values()].flatMap((relation) =>
        relation.kind === 'reverse' && !relation.field.primary ? [relation.field] : [],
      ),
    ),
    keyIsServers: isUsers(collection),
    validator: createDocumentValidator(collection),
    keyFields: fields.filter((field) => field.primary || field.references !== undefined),
    readKey,
    parseKey(text) {
      const key = readKey(text)
      if (key === undefined) throw new AppError('NOT_FOUND', `There is no document '${text}' in '${collection.name}'.`)
      return key
    },
  }
}

function keyFromText(type: FieldType, text: string): SqlValue | undefined {
  if (type === 'int') {
    const number = Number(text)
    return /^-?\d{1,16}$/.test(text) && Number.isSafeInteger(number) ? number : undefined
  }
  if (type === 'uuid') return isUuid(text) ? text.toLowerCase() : undefined
  return text
}
