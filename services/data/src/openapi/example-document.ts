import { type Collection, type Field, isUsers, type JsonSchema, type JsonValue, numberRange } from '@koyalite/schema'

/**
 * A body to start from, for people: what is required, and where nothing is, what is likely. Only simple values: tools would
 * make strings of noise out of patterns.
 */
export function exampleDocument(collection: Collection, mode: 'create' | 'replace'): JsonSchema {
  const fields = [...collection.fields.values()].filter((field) => isOffered(collection, field, mode))
  const required = fields.filter((field) => !field.nullable && field.default === undefined)
  const offered = fields.filter((field) => required.includes(field) || isPlain(field))
  return Object.fromEntries(offered.map((field) => [field.name, exampleValue(field)]))
}

/** One field changed; a counter, if there is one, by an operator. */
export function examplePatch(collection: Collection): JsonSchema {
  const fields = [...collection.fields.values()].filter((field) => isOffered(collection, field, 'replace'))
  const text = fields.find((field) => isPlain(field) && field.type !== 'bool')
  const counter = fields.find((field) => field.type === 'int' && field.default?.kind === 'literal' && !field.references)
  return {
    ...(text && { [text.name]: exampleValue(text) }),
    ...(counter && { [counter.name]: { $inc: 1 } }),
  }
}

function isOffered(collection: Collection, field: Field, mode: 'create' | 'replace'): boolean {
  if (field.internal || field.write !== undefined) return false
  if (!field.primary) return true
  return mode === 'create' && field.default === undefined && !isUsers(collection)
}

/** Shown although it may be left out: nothing that has to exist elsewhere, be unique or match a pattern. */
function isPlain(field: Field): boolean {
  const { type, validation } = field
  if (field.references || field.unique || validation.pattern !== undefined) return false
  return type === 'string' || type === 'text' || type === 'bool'
}

const TEXTS = ['hello', 'hello-world', 'Hello world', 'a', 'A', '1', '2026', 'ABC', 'abc-123']
const SOME_ID = '0192f0c1-1111-7111-8111-000000000001'

function exampleValue(field: Field): JsonValue {
  const { validation } = field
  const range = numberRange(validation)
  if (validation.enum?.[0] !== undefined) return validation.enum[0]
  if (field.default?.kind === 'literal' && field.default.value !== null) return field.default.value
  switch (field.type) {
    case 'uuid':
      return SOME_ID
    case 'string':
    case 'text':
      return exampleText(field)
    case 'int':
      return Math.ceil(Math.min(Math.max(1, range.min ?? 1), range.max ?? 1))
    case 'float':
      return Math.min(Math.max(1.5, range.min ?? 1.5), range.max ?? 1.5)
    case 'bool':
      return true
    case 'timestamp':
      return '2026-03-01T12:00:00.000Z'
    case 'date':
      return validation.min ?? validation.max ?? '2026-03-01'
    case 'json':
      return exampleJson(field.jsonSchema)
    case 'blob':
      return 'aGVsbG8='
  }
}

function exampleText({ name, validation }: Field): string {
  const { format, pattern, minLength = 0, maxLength = Number.MAX_SAFE_INTEGER } = validation
  if (format === 'email') return 'ann@example.com'
  if (format === 'url') return 'https://example.com/'
  if (format === 'uuid') return SOME_ID
  const fits = (text: string) => text.length >= minLength && text.length <= maxLength && matches(pattern, text)
  const title = `${name[0]?.toUpperCase()}${name.slice(1).replaceAll('_', ' ')}`
  const long = title.padEnd(minLength, '.').slice(0, maxLength)
  return [title, long, ...TEXTS].find(fits) ?? long
}

function matches(pattern: string | undefined, text: string): boolean {
  if (pattern === undefined) return true
  try {
    return new RegExp(pattern, 'u').test(text)
  } catch {
    // RE2 knows more than JavaScript here; any text will do for an example.
    return true
  }
}

function exampleJson(schema: JsonValue | undefined): JsonValue {
  const type = typeof schema === 'object' && schema !== null && 'type' in schema ? schema.type : undefined
  switch (Array.isArray(type) ? type[0] : type) {
    case 'array':
      return []
    case 'string':
      return 'text'
    case 'number':
    case 'integer':
      return 1
    case 'boolean':
      return true
    default:
      return {}
  }
}
