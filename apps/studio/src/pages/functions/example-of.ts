import { type JsonSchema, jsonSchemaFrom, resolved, typesOf } from './json-schema'

const MAX_DEPTH = 6

/** A value that a schema takes, to begin with: what it says by itself (examples, defaults), else the least of its type. */
export function exampleOf(schema: JsonSchema): unknown {
  return exampleFor(schema, schema, 0)
}

/** The same as JSON, of the input that a function declares. */
export function exampleText(input: unknown): string {
  const schema = jsonSchemaFrom(input)
  return JSON.stringify(schema === null ? {} : exampleOf(schema), null, 2)
}

function exampleFor(given: JsonSchema | boolean | undefined, root: JsonSchema, depth: number): unknown {
  const schema = merged(resolved(given, root), root)
  if (schema.examples !== undefined && schema.examples.length > 0) return schema.examples[0]
  if (schema.default !== undefined) return schema.default
  if (schema.const !== undefined) return schema.const
  if (schema.enum !== undefined && schema.enum.length > 0) return schema.enum[0]
  const [variant] = schema.anyOf ?? schema.oneOf ?? []
  if (variant !== undefined) return exampleFor(variant, root, depth + 1)
  switch (typesOf(schema)[0] ?? (schema.properties === undefined ? 'any' : 'object')) {
    case 'object':
      return objectOf(schema, root, depth)
    case 'array':
      return depth >= MAX_DEPTH
        ? []
        : Array.from({ length: Math.max(1, schema.minItems ?? 1) }, () => exampleFor(schema.items, root, depth + 1))
    case 'string':
      return textOf(schema)
    case 'integer':
    case 'number':
      return numberOf(schema)
    case 'boolean':
      return true
    case 'null':
      return null
    default:
      return {}
  }
}

/** Of `allOf` all properties together. */
function merged(schema: JsonSchema, root: JsonSchema): JsonSchema {
  if (schema.allOf === undefined) return schema
  const { allOf, ...own } = schema
  const parts = [...allOf.map((part) => resolved(part, root)), own]
  return {
    ...Object.assign({}, ...parts),
    properties: Object.assign({}, ...parts.map(({ properties }) => properties)),
    required: parts.flatMap(({ required }) => required ?? []),
  }
}

/** Its required fields; all of them where none is required. */
function objectOf({ properties = {}, required = [] }: JsonSchema, root: JsonSchema, depth: number): unknown {
  if (depth >= MAX_DEPTH) return {}
  const names = Object.keys(properties)
  const shown = required.length > 0 ? names.filter((name) => required.includes(name)) : names
  return Object.fromEntries(shown.map((name) => [name, exampleFor(properties[name], root, depth + 1)]))
}

const TEXTS: Readonly<Record<string, string>> = {
  uuid: '01980000-0000-7000-8000-000000000000',
  'date-time': '2026-01-31T09:30:00Z',
  date: '2026-01-31',
  time: '09:30:00Z',
  email: 'ann@example.com',
  uri: 'https://example.com',
  url: 'https://example.com',
  ipv4: '192.0.2.1',
}

function textOf({ format, minLength = 0, maxLength = 100 }: JsonSchema): string {
  const text = TEXTS[format ?? ''] ?? 'text'
  return format === undefined ? text.padEnd(minLength, '.').slice(0, maxLength) : text
}

function numberOf(schema: JsonSchema): number {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema
  const least = minimum ?? (exclusiveMinimum === undefined ? -Infinity : exclusiveMinimum + 1)
  const most = maximum ?? (exclusiveMaximum === undefined ? Infinity : exclusiveMaximum - 1)
  return Math.min(Math.max(1, least), most)
}
