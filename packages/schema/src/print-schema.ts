import { Document, isMap, visit } from 'yaml'
import type { Collection, Field, Index, Policy, Schema } from './model'
import { OPERATIONS } from './model'
import { signatureOf } from './parse-definitions'

/** A schema as the text of schema.yaml. Parsing it returns the same schema, except for positions. */
export function printSchema(schema: Schema): string {
  const document = new Document({
    version: schema.version,
    ...(schema.enums.size + schema.ownTypes.size > 0 && {
      types: {
        ...record(schema.enums, (type) => ({ enum: type.values })),
        ...record(schema.ownTypes, ({ base, validate }) => ({ base, validate })),
      },
    }),
    ...(schema.roles.size > 0 && {
      roles: record(schema.roles, ({ inherits, permissions }) => ({
        ...(inherits.length > 0 && { inherits }),
        ...(permissions.length > 0 && { permissions }),
      })),
    }),
    ...(schema.definitions.size > 0 && {
      definitions: Object.fromEntries(
        [...schema.definitions.values()].map((definition) => [signatureOf(definition), definition.body.source]),
      ),
    }),
    collections: record(schema.collections, printCollection),
  })
  inlineFields(document)
  return document.toString({ lineWidth: 0 })
}

/** The options of a field as schema.yaml has them. */
function printField(field: Field): Readonly<Record<string, unknown>> {
  const { enum: values, ...validation } = field.validation
  const fallback = field.default?.kind === 'literal' ? field.default.value : field.default?.kind
  return {
    type: field.enumName ?? field.ownType?.name ?? field.type,
    ...(field.primary && { primary: true }),
    ...(field.unique && { unique: true }),
    ...(field.index && { index: true }),
    ...(field.nullable && { nullable: true }),
    ...(fallback !== undefined && { default: fallback }),
    ...(field.onUpdateNow && { onUpdate: 'now' }),
    ...(field.references && {
      references: `${field.references.collection}.${field.references.field}`,
      onDelete: field.references.onDelete,
    }),
    ...validation,
    ...(values && field.enumName === undefined && { enum: values }),
    ...(field.jsonSchema !== undefined && { schema: field.jsonSchema }),
    ...(field.internal && { internal: true }),
    ...(field.read && { read: field.read.source }),
    ...(field.write && { write: field.write.source }),
    ...(field.column !== field.name && { column: field.column }),
    ...(field.clientName !== undefined && { clients: { name: field.clientName } }),
    ...(field.description !== undefined && { description: field.description }),
  }
}

function printCollection(collection: Collection): Readonly<Record<string, unknown>> {
  const rules = OPERATIONS.flatMap((operation) => {
    const rule = collection.rules[operation]
    return rule ? [[operation, rule.source] as const] : []
  })
  return {
    ...(collection.description !== undefined && { description: collection.description }),
    ...(collection.singular !== undefined && { singular: collection.singular }),
    ...(collection.clientName !== undefined && { clients: { name: collection.clientName } }),
    ...(collection.table !== collection.name && { table: collection.table }),
    ...(collection.audit && { audit: true }),
    fields: record(collection.fields, printField),
    ...(collection.indexes.length > 0 && { indexes: collection.indexes.map(printIndex) }),
    ...(rules.length > 0 && { rules: Object.fromEntries(rules) }),
    ...(collection.policies.length > 0 && { policies: collection.policies.map(printPolicy) }),
  }
}

function printIndex({ name, fields, order, unique }: Index) {
  return { name, fields, ...(order === 'desc' && { order }), ...(unique && { unique }) }
}

function printPolicy({ name, on, effect, using, check }: Policy) {
  return { name, on, effect, ...(using && { using: using.source }), ...(check && { check: check.source }) }
}

function record<T>(map: ReadonlyMap<string, T>, print: (value: T) => unknown): Readonly<Record<string, unknown>> {
  return Object.fromEntries([...map].map(([name, value]) => [name, print(value)]))
}

/** Each field, index, policy, role and type on one line. */
function inlineFields(document: Document): void {
  visit(document, {
    Map(_key, node, path) {
      const depth = path.filter((ancestor) => isMap(ancestor)).length
      const parent = path.find((ancestor) => isMap(ancestor))
      if (!parent) return
      const section = path.filter((ancestor) => 'key' in ancestor).map((pair) => String((pair as { key: unknown }).key))
      const isOption = section[0] === 'collections' ? depth >= 4 || isInList(section) : depth >= 2
      if (isOption) node.flow = true
    },
  })
}

function isInList(section: readonly string[]): boolean {
  return section[2] === 'indexes' || section[2] === 'policies'
}
