import type { JsonValue } from '@koyalite/contracts'
import type { JsonSchema } from '@koyalite/schema'
import { createJsonValidator } from '@koyalite/schema/json-validator'
import { isSchema } from './schemas-in'

export interface WrongDefault {
  /** `page.limit` */
  readonly field: string
  /** `must be an integer` */
  readonly message: string
}

/** Defaults of a translated short form that their own fields do not allow: the function would get them unchecked. */
export function wrongDefaults(schema: JsonSchema): readonly WrongDefault[] {
  const fields = [...fieldsWithDefault(schema, '')]
  if (fields.length === 0) return []
  // All at once: compiling is what takes the time.
  const properties = Object.fromEntries(fields.map(({ field, schema }, index) => [`${index} ${field}`, schema]))
  const values = Object.fromEntries(fields.map(({ field, value }, index) => [`${index} ${field}`, value]))
  const words = { whole: '', unknown: 'is not a field' }
  const violations = createJsonValidator(() => ({ type: 'object', properties }), { words }).violations(values)
  return violations.map(({ field, message }) => {
    return { field: field.replace(/^\d+ /, ''), message: message.slice(field.length + 1) }
  })
}

interface FieldWithDefault {
  readonly field: string
  readonly schema: JsonSchema
  readonly value: JsonValue
}

function* fieldsWithDefault(schema: JsonSchema, field: string): Generator<FieldWithDefault> {
  const { default: value, properties, items } = schema
  if (value !== undefined) yield { field, schema, value }
  if (isSchema(items)) yield* fieldsWithDefault(items, `${field}.items`)
  for (const [name, inner] of isSchema(properties) ? Object.entries(properties) : []) {
    if (isSchema(inner)) yield* fieldsWithDefault(inner, field === '' ? name : `${field}.${name}`)
  }
}
