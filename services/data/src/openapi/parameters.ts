import { LIMITS } from '@koyalite/query'
import type { Collection, JsonSchema, JsonValue, Schema } from '@koyalite/schema'
import { openRelations } from './document-components'

const NAME = '[a-z][a-z0-9_]*'
const OPERATORS = 'eq|ne|gt|gte|lt|lte|like|in|nin|contains'

/** Parameters of a list. */
export function listParameters(schema: Schema, collection: Collection): readonly JsonSchema[] {
  const names = fieldNames(collection)
  const roots = [...new Set([...names, ...openRelations(schema, collection).map((relation) => relation.name)])]
  return [
    {
      ...query('filter', '`field:operator:value`, like `created_at:gte:2026-01-01`; several are joined by AND.'),
      style: 'form',
      explode: true,
      schema: {
        type: 'array',
        maxItems: LIMITS.filters,
        items: { type: 'string', pattern: `^(${roots.join('|')})(\\.[^:]+)?:(${OPERATORS}):` },
      },
    },
    {
      ...query('where', "A CEL expression over doc, auth and request.time, like `doc.title.startsWith('A')`."),
      schema: { type: 'string', minLength: 1 },
    },
    {
      ...commaList('sort', 'Fields, `-` before one for descending; nulls come first in ascending order.'),
      schema: {
        type: 'array',
        minItems: 1,
        maxItems: LIMITS.sortKeys,
        uniqueItems: true,
        items: { type: 'string', pattern: `^-?(${roots.join('|')})(\\.[^,]+)*$` },
      },
    },
    {
      ...query('limit', 'Documents of the page.'),
      schema: { type: 'integer', minimum: 1, maximum: LIMITS.pageMax, default: LIMITS.pageDefault },
    },
    {
      ...query('offset', 'Documents to skip. Not with cursor.'),
      schema: { type: 'integer', minimum: 0, maximum: LIMITS.offsetMax },
    },
    {
      ...query('cursor', 'The next_cursor of the page before, with the same filter, where and sort.'),
      schema: { type: 'string', minLength: 1 },
    },
    { ...query('count', 'Whether to count all that match.'), schema: { type: 'boolean', default: false } },
    {
      ...query(
        'resume',
        'Whether the response has a Koyalite-Resume header, from which a live query of this list goes on.',
      ),
      schema: { type: 'boolean', default: false },
    },
    ...projectionParameters(schema, collection),
  ]
}

/** `expand` and `fields`, of a list and of one document. */
export function projectionParameters(schema: Schema, collection: Collection): readonly JsonSchema[] {
  const relations = openRelations(schema, collection).map((relation) => relation.name)
  const names = [...new Set([...fieldNames(collection), ...relations])]
  const expand = {
    ...commaList('expand', `Relations to show with their documents, ${LIMITS.expandDepth} deep at most.`),
    schema: {
      type: 'array',
      minItems: 1,
      maxItems: LIMITS.expandRelations,
      uniqueItems: true,
      items: { type: 'string', pattern: `^(${relations.join('|')})(\\.${NAME}){0,${LIMITS.expandDepth - 1}}$` },
    },
  }
  const fields = {
    ...commaList('fields', 'Fields to show, instead of all.'),
    schema: {
      type: 'array',
      minItems: 1,
      uniqueItems: true,
      items: { type: 'string', pattern: `^(${names.join('|')})(\\.${NAME})*$` },
    },
  }
  return relations.length === 0 ? [fields] : [expand, fields]
}

/** The key in the path. */
export function keyParameter({ primaryKey }: Collection): JsonSchema {
  return {
    name: 'id',
    in: 'path',
    required: true,
    description:
      primaryKey.type === 'string'
        ? "The document's key. `~` before it says that it is one: write keys so that are a word of this API (`live`) or begin with `~`."
        : "The document's key.",
    schema: keySchema(primaryKey.type),
  }
}

/** `components.parameters`: headers that several operations take. */
export const HEADER_PARAMETERS: Readonly<Record<string, JsonSchema>> = {
  'If-Match': {
    name: 'If-Match',
    in: 'header',
    description: "Only if the document's ETag is one of these, else 412.",
    schema: { type: 'string' },
    example: '"1v9x2k"',
  },
  'If-None-Match': {
    name: 'If-None-Match',
    in: 'header',
    description:
      "GET: 304 if the document's ETag is one of these, unless it is expanded. PUT: 412 then; `*` creates only.",
    schema: { type: 'string' },
  },
  'Idempotency-Key': {
    name: 'Idempotency-Key',
    in: 'header',
    description:
      'Repeating a request with the same key gives the first answer again, for 24 hours. Without signing in it has at least 22 characters.',
    schema: { type: 'string', pattern: '^[!-~]{1,255}$' },
  },
}

export function headerParameter(name: string): JsonSchema {
  return { $ref: `#/components/parameters/${name}` }
}

function fieldNames(collection: Collection): readonly string[] {
  return [...collection.fields.values()].filter((field) => !field.internal).map((field) => field.name)
}

function keySchema(type: string): JsonValue {
  if (type === 'int') return { type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }
  return type === 'uuid' ? { type: 'string', format: 'uuid' } : { type: 'string', minLength: 1 }
}

function query(name: string, description: string): JsonSchema {
  return { name, in: 'query', description }
}

function commaList(name: string, description: string): JsonSchema {
  return { ...query(name, `${description} Separated by commas.`), style: 'form', explode: false }
}
