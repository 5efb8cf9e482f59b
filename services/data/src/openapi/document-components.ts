import {
  type Collection,
  type DocumentMode,
  documentJsonSchema,
  type Field,
  type JsonSchema,
  type JsonValue,
  type Relation,
  relationsOf,
  type Schema,
} from '@koyalite/schema'
import { embedReferences } from './embedded-schema'
import { portableStrings } from './portable-strings'

const MAX_EXPANDED = 100

type Properties = Readonly<Record<string, JsonSchema>>

/** What the schema of a collection's documents is called. */
export function componentName({ name, singular }: Collection): string {
  return singular ?? name
}

/**
 * The schemas of a collection: `posts` is a document as it is answered, `posts.create`, `posts.update` and `posts.replace` are
 * bodies (with `singular: post`, `post` and `post.create`). They say what everybody may send: fields that only the server writes, and keys repeated in a body, are left out of bodies.
 */
export function documentComponents(schema: Schema, collection: Collection): Readonly<Record<string, JsonSchema>> {
  const name = componentName(collection)
  const embedded: Record<string, JsonSchema> = {}
  const component = (mode: DocumentMode, adapt: (object: JsonSchema) => JsonSchema) =>
    embedReferences(adapt(portableStrings(documentJsonSchema(collection, mode), mode)), name, embedded)
  return {
    [name]: component('read', (object) => readable(schema, collection, object)),
    [`${name}.create`]: component('create', (object) => writable(collection, object, isServers)),
    [`${name}.update`]: component('update', (object) =>
      withOperators(collection, writable(collection, object, isServersOrKey)),
    ),
    [`${name}.replace`]: component('replace', (object) => writable(collection, object, isServersOrKey)),
    ...embedded,
  }
}

/** A document in the response to a write: it contains at least the key, also for those who may not read the rest. */
export function writtenDocument(collection: Collection): JsonSchema {
  const { primaryKey } = collection
  const isAlwaysTold = !primaryKey.internal && primaryKey.read === undefined
  const reference = { $ref: `#/components/schemas/${componentName(collection)}` }
  return isAlwaysTold ? { allOf: [reference], required: [primaryKey.name] } : reference
}

/** The relations of a collection that anybody can expand. */
export function openRelations(schema: Schema, collection: Collection): readonly Relation[] {
  return [...relationsOf(schema, collection).values()].filter(
    (relation) => !relation.field.internal && (relation.kind === 'forward' || !relation.sourceField.internal),
  )
}

/** Without `required`: what is in a response depends on `fields` and on what its reader may read. With what `expand` adds. */
function readable(schema: Schema, collection: Collection, { required: _, ...object }: JsonSchema): JsonSchema {
  const fields = object.properties as Properties
  const expanded = openRelations(schema, collection).map((relation) => {
    const own = fields[relation.name]
    const added = expansionSchema(relation)
    return [relation.name, own === undefined ? added : { anyOf: [own, added] }] as const
  })
  return { ...object, properties: { ...fields, ...Object.fromEntries(expanded) } }
}

function expansionSchema(relation: Relation): JsonSchema {
  if (relation.kind === 'forward') {
    const anyOf = [{ $ref: `#/components/schemas/${componentName(relation.target)}` }, { type: 'null' }]
    return { anyOf, description: `With \`expand=${relation.name}\`; null if the caller may not read it.` }
  }
  return {
    type: 'array',
    maxItems: MAX_EXPANDED,
    items: { $ref: `#/components/schemas/${componentName(relation.source)}` },
    description: `With \`expand=${relation.name}\`: the last ${MAX_EXPANDED} by key, descending.`,
  }
}

function writable(collection: Collection, object: JsonSchema, isLeftOut: (field: Field) => boolean): JsonSchema {
  const leftOut = new Set([...collection.fields.values()].filter(isLeftOut).map((field) => field.name))
  const { required, ...rest } = object
  const properties = Object.entries(object.properties as Properties).filter(([name]) => !leftOut.has(name))
  const stillRequired = ((required ?? []) as readonly string[]).filter((name) => !leftOut.has(name))
  return {
    ...rest,
    properties: Object.fromEntries(properties),
    ...(stillRequired.length > 0 && { required: stillRequired }),
  }
}

function isServers(field: Field): boolean {
  return field.write?.source.trim() === 'false'
}

function isServersOrKey(field: Field): boolean {
  return field.primary || isServers(field)
}

function withOperators(collection: Collection, object: JsonSchema): JsonSchema {
  const properties = Object.entries(object.properties as Properties).map(([name, own]) => {
    const operators = operatorSchemas(collection.fields.get(name) as Field)
    const acceptsAll = Object.keys(own).every((key) => key === 'description')
    if (operators.length === 0 || acceptsAll) return [name, own] as const
    return [name, { anyOf: [own, ...operators] }] as const
  })
  return { ...object, properties: Object.fromEntries(properties) }
}

function operatorSchemas({ type }: Field): readonly JsonSchema[] {
  switch (type) {
    case 'int':
      return [operator('$inc', { type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER })]
    case 'float':
      return [operator('$inc', { type: 'number' })]
    case 'json':
      return [operator('$push', {}), operator('$pull', {})]
    default:
      return []
  }
}

function operator(name: string, operand: JsonValue): JsonSchema {
  return { type: 'object', properties: { [name]: operand }, required: [name], additionalProperties: false }
}
