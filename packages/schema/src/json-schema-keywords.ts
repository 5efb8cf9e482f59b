import type { JsonSchema } from './file/file-key'

/** What the value of a keyword is. */
export type KeywordKind =
  | 'reference'
  | 'schema'
  | 'schemas'
  | 'schemas by name'
  | 'schemas by pattern'
  | 'types'
  | 'text'
  | 'texts'
  | 'number'
  | 'count'
  | 'flag'
  | 'pattern'
  | 'values'
  | 'anything'

/** The keywords of JSON Schema 2020-12 that json fields may use. */
export const KEYWORDS: Readonly<Record<string, KeywordKind>> = {
  $ref: 'reference',
  $defs: 'schemas by name',
  $comment: 'text',
  title: 'text',
  description: 'text',
  default: 'anything',
  examples: 'anything',
  type: 'types',
  enum: 'values',
  const: 'anything',
  properties: 'schemas by name',
  patternProperties: 'schemas by pattern',
  additionalProperties: 'schema',
  unevaluatedProperties: 'schema',
  propertyNames: 'schema',
  required: 'texts',
  dependentRequired: 'anything',
  dependentSchemas: 'schemas by name',
  minProperties: 'count',
  maxProperties: 'count',
  items: 'schema',
  prefixItems: 'schemas',
  unevaluatedItems: 'schema',
  contains: 'schema',
  minContains: 'count',
  maxContains: 'count',
  minItems: 'count',
  maxItems: 'count',
  uniqueItems: 'flag',
  minLength: 'count',
  maxLength: 'count',
  pattern: 'pattern',
  format: 'text',
  minimum: 'number',
  maximum: 'number',
  exclusiveMinimum: 'number',
  exclusiveMaximum: 'number',
  multipleOf: 'number',
  allOf: 'schemas',
  anyOf: 'schemas',
  oneOf: 'schemas',
  not: 'schema',
  if: 'schema',
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: 'schema',
  else: 'schema',
  readOnly: 'flag',
  writeOnly: 'flag',
  deprecated: 'flag',
}

export const SCHEMA_TYPES = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'] as const

const NESTED: JsonSchema = { anyOf: [{ $ref: '#/definitions/json_schema' }, { type: 'boolean' }] }

const FORMS: Readonly<Record<KeywordKind, JsonSchema>> = {
  reference: { type: 'string', pattern: '^#' },
  schema: NESTED,
  schemas: { type: 'array', items: NESTED, minItems: 1 },
  'schemas by name': { type: 'object', additionalProperties: NESTED },
  'schemas by pattern': { type: 'object', additionalProperties: NESTED },
  types: { anyOf: [{ enum: SCHEMA_TYPES }, { type: 'array', items: { enum: SCHEMA_TYPES }, minItems: 1 }] },
  text: { type: 'string' },
  texts: { type: 'array', items: { type: 'string' } },
  number: { type: 'number' },
  count: { type: 'integer', minimum: 0 },
  flag: { type: 'boolean' },
  pattern: { type: 'string' },
  values: { type: 'array', minItems: 1 },
  anything: {},
}

/** The form of a JSON Schema of a json field, as a JSON Schema; it refers to itself as `#/definitions/json_schema`. */
export function jsonSchemaSchema(): JsonSchema {
  return {
    type: 'object',
    properties: Object.fromEntries(Object.entries(KEYWORDS).map(([keyword, kind]) => [keyword, FORMS[kind]])),
    additionalProperties: false,
  }
}
