import type { Fields, Spec } from './short-form-arbitrary'

/** Whether a value is right for a short form, told from the short form alone: by what docs say of it, without JSON Schema. For tests. */
export function isRightFor(fields: Fields, value: unknown, isOpen = false): boolean {
  if (!isMap(value)) return false
  const keys = Object.keys(value)
  if (!isOpen && keys.some((key) => !Object.hasOwn(fields, key))) return false
  return Object.entries(fields).every(([name, spec]) => {
    return Object.hasOwn(value, name) ? isRight(spec, value[name]) : !isNeeded(spec)
  })
}

function isNeeded(spec: Spec): boolean {
  if (typeof spec === 'string') return true
  return spec.required !== false && spec.optional !== true
}

function isRight(spec: Spec, value: unknown): boolean {
  const { type, nullable, ...options } = typeof spec === 'string' ? { type: spec } : spec
  if (value === null && (nullable === true || type === 'json')) return true
  if (Array.isArray(options.enum) && !options.enum.includes(value)) return false
  switch (type) {
    case 'string':
    case 'text':
      return (
        typeof value === 'string' &&
        isWithin([...value].length, options.minLength, options.maxLength) &&
        (options.pattern === undefined || new RegExp(String(options.pattern)).test(value))
      )
    case 'number':
    case 'float':
      return typeof value === 'number' && isWithin(value, options.min, options.max)
    case 'integer':
    case 'int':
      return (
        Number.isInteger(value) &&
        isWithin(Number(value), options.minimum ?? options.min, options.maximum ?? options.max)
      )
    case 'boolean':
    case 'bool':
      return typeof value === 'boolean'
    case 'uuid':
      return value === '0198a000-0000-7000-8000-000000000001'
    case 'timestamp':
      // A date alone is its midnight, as in documents.
      return value === '2026-01-31T12:00:00Z' || value === '2026-01-31'
    case 'date':
      return value === '2026-01-31'
    case 'array':
      return Array.isArray(value) && isRightList(options, value)
    case 'object':
      return options.properties === undefined
        ? isMap(value) && (options.additionalProperties !== false || Object.keys(value).length === 0)
        : isRightFor(options.properties as Fields, value, options.additionalProperties === true)
    default:
      return true
  }
}

function isRightList(options: Readonly<Record<string, unknown>>, value: readonly unknown[]): boolean {
  const { items, minItems, maxItems, uniqueItems } = options
  if (!isWithin(value.length, minItems, maxItems)) return false
  if (uniqueItems === true && value.some((one, i) => value.slice(0, i).some((other) => Bun.deepEquals(one, other))))
    return false
  return items === undefined || value.every((one) => isRight(items as Spec, one))
}

function isWithin(value: number, min: unknown, max: unknown): boolean {
  return value >= ((min as number | undefined) ?? -Infinity) && value <= ((max as number | undefined) ?? Infinity)
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
