import { admin, SCHEMA_AREA } from '@koyalite/access'
import { queryFlag, type Route, route } from '@koyalite/kernel'
import {
  type Collection,
  clientName,
  documentTypeName,
  type Expression,
  type Field,
  OPERATIONS,
  signatureOf,
} from '@koyalite/schema'
import { z } from 'zod'
import type { DataContext } from '../data-context'
import { countDocuments } from '../store/count-documents'

const rule = z.string().nullable().describe('The CEL expression; null where there is none.')

const fieldModel = z.object({
  name: z.string(),
  type: z.enum(['uuid', 'string', 'text', 'int', 'float', 'bool', 'timestamp', 'date', 'json', 'blob']),
  description: z.string().nullable(),
  primary: z.boolean(),
  nullable: z.boolean(),
  unique: z.boolean(),
  indexed: z.boolean().describe('Whether an index begins with it.'),
  internal: z.boolean().describe('It never leaves the server: documents do not show it.'),
  enum: z.object({ name: z.string().nullable(), values: z.array(z.union([z.string(), z.number()])) }).nullable(),
  default: z
    .object({ kind: z.enum(['literal', 'auto', 'now', 'today', 'auth.id']), value: z.unknown() })
    .nullable()
    .describe('`value` is that of a literal.'),
  updates: z.boolean().describe('Whether each write sets it to the time.'),
  references: z
    .object({ collection: z.string(), field: z.string(), on_delete: z.enum(['cascade', 'set null', 'restrict']) })
    .nullable(),
  min_length: z.int().nullable(),
  max_length: z.int().nullable(),
  min: z.union([z.number(), z.string()]).nullable(),
  max: z.union([z.number(), z.string()]).nullable(),
  format: z.enum(['email', 'url', 'uuid']).nullable(),
  pattern: z.string().nullable(),
  json_schema: z.unknown().describe('JSON Schema of a json field; null where there is none.'),
  rules: z.object({ read: rule, write: rule }),
})

const collectionModel = z.object({
  name: z.string(),
  table: z.string(),
  description: z.string().nullable(),
  key: z.string().describe('The name of the primary key.'),
  label: z.string().nullable().describe('The field that says best to people which document it is.'),
  audited: z.boolean(),
  adopted: z.boolean().describe('A table of another program: any column may hold values of any type.'),
  fields: z.array(fieldModel),
  indexes: z.array(
    z.object({ name: z.string(), fields: z.array(z.string()), order: z.enum(['asc', 'desc']), unique: z.boolean() }),
  ),
  rules: z.object({ create: rule, read: rule, update: rule, delete: rule }),
  policies: z.array(
    z.object({
      name: z.string(),
      on: z.array(z.enum(OPERATIONS)),
      effect: z.enum(['permit', 'restrict']),
      using: rule,
      check: rule,
    }),
  ),
  documents: z
    .int()
    .nullable()
    .describe('How many there are; null where not asked for, or where counting takes too long.'),
})

/** The schema that is served, for pages that show it: what schema.yaml says with everything that it leaves out. */
export function collectionsRoute(context: DataContext): Route {
  return route({
    method: 'GET',
    path: '/api/admin/collections',
    name: 'listCollections',
    summary: 'List the collections with their fields, indexes and rules, and what rules are made of',
    access: admin(SCHEMA_AREA, 'read'),
    query: z.strictObject({ counts: queryFlag.default(false).describe('Whether to count documents.') }),
    responses: {
      200: z.object({
        collections: z.array(collectionModel),
        definitions: z.array(z.object({ signature: z.string(), expression: z.string() })),
        roles: z.array(z.string()).describe('Those of schema.yaml.'),
        client_names: z
          .record(z.string(), z.object({ collection: z.string(), document: z.string() }))
          .describe('By collection: what it, and one document, is called in generated clients: `koya.posts`, `Post`.'),
      }),
    },
    async handle({ query: { counts }, request }) {
      const collections = [...context.schema.collections.values()]
      const counted = counts ? await countDocuments(context, collections, request.signal) : null
      const { definitions, roles } = context.schema
      return {
        collections: collections.map((one) => collectionView(one, counted?.get(one.name) ?? null)),
        definitions: [...definitions.values()].map((one) => ({
          signature: signatureOf(one),
          expression: one.body.source,
        })),
        roles: [...roles.keys()],
        client_names: Object.fromEntries(
          collections.map((one) => [one.name, { collection: clientName(one), document: documentTypeName(one) }]),
        ),
      }
    },
  })
}

function collectionView(collection: Collection, documents: number | null) {
  const { rules } = collection
  return {
    name: collection.name,
    table: collection.table,
    description: collection.description ?? null,
    key: collection.primaryKey.name,
    label: labelOf(collection),
    audited: collection.audit,
    adopted: collection.untyped === true,
    fields: [...collection.fields.values()].map((field) => fieldView(collection, field)),
    indexes: collection.indexes.map(({ name, fields, order, unique }) => ({ name, fields, order, unique })),
    rules: {
      create: sourceOf(rules.create),
      read: sourceOf(rules.read),
      update: sourceOf(rules.update),
      delete: sourceOf(rules.delete),
    },
    policies: collection.policies.map(({ name, on, effect, using, check }) => ({
      ...{ name, on, effect },
      ...{ using: sourceOf(using), check: sourceOf(check) },
    })),
    documents,
  }
}

function fieldView({ indexes }: Collection, field: Field) {
  const { name, references, validation } = field
  return {
    ...{ name, type: field.type, description: field.description ?? null },
    ...{ primary: field.primary, nullable: field.nullable, unique: field.unique, internal: field.internal },
    indexed:
      field.primary ||
      field.unique ||
      field.index ||
      references !== undefined ||
      indexes.some(({ fields }) => fields[0] === name),
    enum: validation.enum === undefined ? null : { name: field.enumName ?? null, values: validation.enum },
    default: field.default === undefined ? null : { value: null, ...field.default },
    updates: field.onUpdateNow,
    references:
      references === undefined
        ? null
        : { collection: references.collection, field: references.field, on_delete: references.onDelete },
    min_length: validation.minLength ?? null,
    max_length: validation.maxLength ?? null,
    min: validation.min ?? null,
    max: validation.max ?? null,
    format: validation.format ?? null,
    pattern: validation.pattern ?? null,
    json_schema: field.jsonSchema ?? null,
    rules: { read: sourceOf(field.read), write: sourceOf(field.write) },
  }
}

function sourceOf(expression: Expression | undefined): string | null {
  return expression?.source ?? null
}

const USUAL_LABELS = ['name', 'title', 'label']

/** A string that is no key, reference, enum or the like: one with a usual name, else the first one. */
function labelOf({ fields }: Collection): string | null {
  const strings = [...fields.values()].filter(
    ({ type, primary, internal, references, validation }) =>
      (type === 'string' || type === 'text') &&
      !primary &&
      !internal &&
      references === undefined &&
      validation.enum === undefined,
  )
  const usual = USUAL_LABELS.map((name) => strings.find((field) => field.name === name)).find((field) => field)
  return (usual ?? strings.find(({ type }) => type === 'string') ?? strings[0])?.name ?? null
}
