import {
  type Collection,
  clientName,
  documentTypeName,
  type Field,
  type FieldType,
  type JsonValue,
  type Relation,
  relationsOf,
  type Schema,
} from '@koyalite/schema'
import { looksAtDocument } from './looks-at-document'

/** What clients see of a collection, in no language. */
export interface ClientCollection {
  readonly name: string
  /** `koya.posts` */
  readonly clientName: string
  /** The type of one document: `Post`. */
  readonly type: string
  readonly description?: string
  readonly key: string
  readonly fields: readonly ClientField[]
  readonly relations: readonly ClientRelation[]
}

export interface ClientField {
  readonly name: string
  /** What clients call it, where that is not its name. */
  readonly clientName?: string
  readonly type: FieldType
  readonly description?: string
  readonly nullable: boolean
  readonly primary: boolean
  /** A new document must have it. */
  readonly required: boolean
  /** Its rule decides per document: it may be absent in one of them. */
  readonly mayBeAbsent: boolean
  readonly values?: readonly (string | number)[]
  /** The name of the enum that these are the values of, where it has one. */
  readonly enumName?: string
  /** JSON Schema of a json field. */
  readonly json?: JsonValue
}

export interface ClientRelation {
  /** For `expand`. */
  readonly name: string
  /** What clients call it, where that is not its name: it has the name of a field that they call so. */
  readonly clientName?: string
  readonly many: boolean
  /** That it leads to. */
  readonly collection: string
  /** The field there that it refers to, where that is not the key. */
  readonly field?: string
}

/** The relation of a field that holds keys of other documents. */
export function keyRelation(
  { fields, relations }: Pick<ClientCollection, 'fields' | 'relations'>,
  field: ClientField,
): ClientRelation | undefined {
  const ofKeys = relations.filter(({ many, field: other }) => !many && other === undefined)
  const inPlace = ofKeys.find(({ name }) => name === field.name)
  if (inPlace !== undefined) return inPlace
  return ofKeys.find(({ name }) => field.name === `${name}_id` && !fields.some((other) => other.name === name))
}

/** The collections in the order of their names: where they stand in the file does not matter to clients. */
export function clientModel(schema: Schema): readonly ClientCollection[] {
  return [...schema.collections.values()]
    .map((collection) => clientCollection(schema, collection))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

function clientCollection(schema: Schema, collection: Collection): ClientCollection {
  const { name, description, primaryKey } = collection
  return {
    name,
    clientName: clientName(collection),
    type: documentTypeName(collection),
    ...(description !== undefined && { description }),
    key: primaryKey.name,
    fields: [...collection.fields.values()]
      .filter((field) => !field.internal)
      .map((field) => clientField(schema, field)),
    relations: [...relationsOf(schema, collection).values()]
      .filter(isVisible)
      .map(clientRelation)
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  }
}

function clientField(schema: Schema, field: Field): ClientField {
  const { name, clientName: own, type, description, nullable, primary, read, validation, jsonSchema, enumName } = field
  return {
    name,
    ...(own !== undefined && { clientName: own }),
    ...{ type, nullable, primary },
    ...(description !== undefined && { description }),
    required: !nullable && field.default === undefined,
    mayBeAbsent: read !== undefined && looksAtDocument(schema, read.source),
    ...(validation.enum !== undefined && { values: validation.enum }),
    ...(enumName !== undefined && { enumName }),
    ...(jsonSchema !== undefined && { json: jsonSchema }),
  }
}

function isVisible(relation: Relation): boolean {
  return !relation.field.internal && (relation.kind === 'forward' || !relation.sourceField.internal)
}

function clientRelation({ name, ...relation }: Relation): ClientRelation {
  const isForward = relation.kind === 'forward'
  const target = isForward ? relation.target : relation.source
  const own = isForward && relation.field.name === name ? relation.field.clientName : undefined
  return {
    name,
    ...(own !== undefined && { clientName: own }),
    ...{ many: !isForward, collection: target.name },
    ...(isForward && !relation.targetField.primary && { field: relation.targetField.name }),
  }
}
