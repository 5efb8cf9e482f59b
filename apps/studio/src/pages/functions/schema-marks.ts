import { type JsonSchema, resolved, typesOf } from './json-schema'

/** `array of string`, `integer or null` */
export function typeText(given: JsonSchema | boolean | undefined, root: JsonSchema): string {
  const schema = resolved(given, root)
  const variants = schema.anyOf ?? schema.oneOf
  if (variants !== undefined) return [...new Set(variants.map((one) => typeText(one, root)))].join(' or ')
  const names = typesOf(schema).map((type) => (type === 'array' ? arrayText(schema, root) : type))
  if (names.length > 0) return names.join(' or ')
  if (schema.enum !== undefined) return [...new Set(schema.enum.map((value) => typeof value))].join(' or ')
  return schema.properties === undefined ? 'anything' : 'object'
}

function arrayText({ items }: JsonSchema, root: JsonSchema): string {
  const schema = resolved(items, root)
  const [first] = typesOf(schema)
  return items === undefined || first === undefined ? 'array' : `array of ${first}`
}

/** An enum of more values is cut. */
const MAX_VALUES = 12

/** What holds for the values of a field. */
export function marksOf(schema: JsonSchema, isRequired: boolean): readonly string[] {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, minLength, maxLength, minItems, maxItems } = schema
  const values = schema.enum ?? []
  return [
    isRequired ? 'required' : 'optional',
    ...(schema.default === undefined ? [] : [`default ${JSON.stringify(schema.default)}`]),
    ...(schema.const === undefined ? [] : [`always ${JSON.stringify(schema.const)}`]),
    ...values.slice(0, MAX_VALUES).map((value) => JSON.stringify(value)),
    ...(values.length > MAX_VALUES ? [`${values.length - MAX_VALUES} more`] : []),
    ...mark('', schema.format),
    ...mark('matches ', schema.pattern),
    ...mark('at least ', minLength, 'character'),
    ...mark('at most ', maxLength, 'character'),
    ...mark('from ', minimum),
    ...mark('above ', exclusiveMinimum),
    ...mark('up to ', maximum),
    ...mark('below ', exclusiveMaximum),
    ...mark('at least ', minItems, 'item'),
    ...mark('at most ', maxItems, 'item'),
  ]
}

function mark(before: string, value: string | number | undefined, unit?: string): readonly string[] {
  if (value === undefined) return []
  const after = unit === undefined ? '' : value === 1 ? ` ${unit}` : ` ${unit}s`
  return [`${before}${value}${after}`]
}
