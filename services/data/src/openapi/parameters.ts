import { AGGREGATE_FUNCTIONS, LIMITS, TIME_BUCKETS } from '@koyalite/query'
import type { Collection, JsonSchema, JsonValue, Schema } from '@koyalite/schema'
import { openRelations } from './document-components'

const NAME = '[a-z][a-z0-9_]*'
const OPERATORS = 'eq|ne|gt|gte|lt|lte|like|in|nin|contains'

/** Parameters of a list. */
export function listParameters(schema: Schema, collection: Collection): readonly JsonSchema[] {
  const roots = rootNames(schema, collection)
  return [
    ...filterParameters(roots),
    {
      ...commaList('sort', 'Fields to sort by, `-` for descending; nulls come first in ascending order.'),
      schema: {
        type: 'array',
        minItems: 1,
        maxItems: LIMITS.sortKeys,
        uniqueItems: true,
        items: { type: 'string', pattern: `^-?(${roots.join('|')})(\\.[^,]+)*$` },
      },
    },
    {
      ...query('limit', 'Documents per page.'),
      schema: { type: 'integer', minimum: 1, maximum: LIMITS.pageMax, default: LIMITS.pageDefault },
    },
    {
      ...query('offset', 'Documents to skip. Cannot be combined with cursor.'),
      schema: { type: 'integer', minimum: 0, maximum: LIMITS.offsetMax },
    },
    {
      ...query('cursor', 'The next_cursor of the previous page, with the same filter, where and sort.'),
      schema: { type: 'string', minLength: 1 },
    },
    { ...query('count', 'Whether to count all matches.'), schema: { type: 'boolean', default: false } },
    {
      ...query(
        'resume',
        'Returns a Koyalite-Resume header, which continues this list as a live query; all: one of all documents, where this page has them.',
      ),
      schema: { type: 'string', enum: ['true', 'false', 'all'], default: 'false' },
    },
    { ...query('etags', 'Whether to return the ETag of each document.'), schema: { type: 'boolean', default: false } },
    ...projectionParameters(schema, collection),
  ]
}

/** Parameters of an aggregate. */
export function aggregateParameters(schema: Schema, collection: Collection): readonly JsonSchema[] {
  const roots = rootNames(schema, collection)
  const path = `(${roots.join('|')})(\\.[^:,]+)?`
  const alias = `(:as:${NAME})?`
  return [
    {
      ...commaList('values', 'What to compute for each group: `count`, or a function of a field, like `sum:amount`.'),
      schema: {
        type: 'array',
        minItems: 1,
        maxItems: LIMITS.aggregateValues,
        items: { type: 'string', pattern: `^(count|(${AGGREGATE_FUNCTIONS.join('|')}):${path})${alias}$` },
        default: ['count'],
      },
    },
    {
      ...commaList('group', 'Fields to group by; times also by a part of them, like `created_at:month`.'),
      schema: {
        type: 'array',
        minItems: 1,
        maxItems: LIMITS.aggregateKeys,
        items: { type: 'string', pattern: `^${path}(:(${TIME_BUCKETS.join('|')}))?${alias}$` },
      },
    },
    ...filterParameters(roots),
    {
      ...query(
        'having',
        '`name:operator:value` over the result, like `count:gt:5`, or JSON; several are combined with AND.',
      ),
      style: 'form',
      explode: true,
      schema: {
        type: 'array',
        maxItems: LIMITS.filters,
        items: filterText(`^[^:{][^:]*:(${OPERATORS}):`),
      },
    },
    {
      ...commaList('sort', 'Names in the result to sort by, `-` for descending.'),
      schema: { type: 'array', minItems: 1, maxItems: LIMITS.sortKeys, items: { type: 'string', minLength: 1 } },
    },
    {
      ...query('limit', `Groups to return. More than ${LIMITS.aggregateGroups} groups need limit and sort.`),
      schema: { type: 'integer', minimum: 1, maximum: LIMITS.aggregateGroups },
    },
    {
      ...query('timezone', 'Where days, weeks and so on begin, like `Europe/Paris` or `+02:00`.'),
      schema: { type: 'string', minLength: 1, default: 'UTC' },
    },
  ]
}

function filterParameters(roots: readonly string[]): readonly JsonSchema[] {
  return [
    {
      ...query(
        'filter',
        '`field:operator:value`, like `created_at:gte:2026-01-01`, or JSON like `{"$or":[{"score":{"$gt":5}},{"score":null}]}`; several are combined with AND.',
      ),
      style: 'form',
      explode: true,
      schema: {
        type: 'array',
        maxItems: LIMITS.filters,
        items: filterText(`^(${roots.join('|')})(\\.[^:]+)?:(${OPERATORS}):`),
      },
    },
    {
      ...query('where', "A CEL expression over doc, auth and request.time, like `doc.title.startsWith('A')`."),
      schema: { type: 'string', minLength: 1 },
    },
    {
      ...query('params', 'What `$1`, `$2` … in where stand for, as a JSON list: `["Ann",5]`.'),
      schema: { type: 'string', pattern: '^\\s*\\[', contentMediaType: 'application/json' },
    },
  ]
}

/** One filter, in either form. */
function filterText(pattern: string): JsonSchema {
  return {
    anyOf: [
      { type: 'string', pattern },
      { type: 'string', pattern: '^\\{', contentMediaType: 'application/json' },
    ],
  }
}

/** What a path may begin with. */
function rootNames(schema: Schema, collection: Collection): readonly string[] {
  const relations = openRelations(schema, collection).map((relation) => relation.name)
  return [...new Set([...fieldNames(collection), ...relations])]
}

/** `expand` and `fields`, of a list and of one document. */
export function projectionParameters(schema: Schema, collection: Collection): readonly JsonSchema[] {
  const relations = openRelations(schema, collection).map((relation) => relation.name)
  const names = [...new Set([...fieldNames(collection), ...relations])]
  const expand = {
    ...commaList('expand', `Relations to expand, at most ${LIMITS.expandDepth} levels deep.`),
    schema: {
      type: 'array',
      minItems: 1,
      maxItems: LIMITS.expandRelations,
      uniqueItems: true,
      items: { type: 'string', pattern: `^(${relations.join('|')})(\\.${NAME}){0,${LIMITS.expandDepth - 1}}$` },
    },
  }
  const fields = {
    ...commaList('fields', 'Fields to return (default: all).'),
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
        ? 'Key of the document. Prefix it with `~` if it equals a word of this API (`live`, `aggregate`) or starts with `~`.'
        : 'Key of the document.',
    schema: keySchema(primaryKey.type),
  }
}

/** `components.parameters`: headers that several operations take. */
export const HEADER_PARAMETERS: Readonly<Record<string, JsonSchema>> = {
  'If-Match': {
    name: 'If-Match',
    in: 'header',
    description: 'Fails with 412 unless the ETag of the document is one of these.',
    schema: { type: 'string' },
    example: '"1v9x2k"',
  },
  'If-None-Match': {
    name: 'If-None-Match',
    in: 'header',
    description:
      'GET: 304 if the ETag of the document is one of these, unless it is expanded. PUT: 412 in that case; `*` only creates.',
    schema: { type: 'string' },
  },
  Prefer: {
    name: 'Prefer',
    in: 'header',
    description: '`return=minimal`: a response without the document.',
    schema: { type: 'string' },
    example: 'return=minimal',
  },
  'Idempotency-Key': {
    name: 'Idempotency-Key',
    in: 'header',
    description:
      'A repeated request with the same key returns the first response again, for 24 hours. Anonymous requests need at least 22 characters.',
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
