import type { JsonValue } from '@koyalite/contracts'
import { goName, type Scope, scope } from '@koyalite/schema/go-names'
import { isObject, type JsonObject, targetOf } from '../json-schema'
import { aligned, comment } from './source-text'

/** The struct types of one file that JSON Schemas need. */
export interface Structs {
  readonly names: Scope
  readonly declarations: string[]
  /** What is said of each of them, after its name. */
  readonly about: string
  /**
   * Where the values are: texts inside of json fields are texts; what functions are called with and return has times and days, and what may be left out
   * is an `Opt` in the former.
   */
  readonly of: 'field' | 'input' | 'output'
}

/** Of json fields. */
export const IN_FIELDS = {
  about: 'is a value inside of a json field. What may be left out is nil then.',
  of: 'field',
} as const

/** Any JSON: what is not said, or cannot be said in Go. */
export const RAW = 'json.RawMessage'

interface Place {
  /** What a type of its own would be called. */
  readonly name: string
  readonly root: JsonValue
  readonly structs: Structs
  /** References that are being followed. */
  readonly following: readonly string[]
  readonly work: { steps: number }
}

/** Definitions that refer to one another can stand for more than anybody reads. */
const MAX_STEPS = 2000

/** The Go type that all values of a JSON Schema have. */
export function jsonType(schema: JsonValue, name: string, structs: Structs): string {
  return typeOf(schema, { name, root: schema, structs, following: [], work: { steps: 0 } })
}

/** Whether nil is a value of the type: null needs no pointer. */
export function hasNil(type: string): boolean {
  return type === RAW || /^(?:\[\]|map\[|\*)/.test(type)
}

function typeOf(schema: JsonValue, place: Place): string {
  if (++place.work.steps > MAX_STEPS || !isObject(schema)) return RAW
  const { $ref, const: only, enum: values, anyOf, oneOf, allOf, type } = schema
  if (typeof $ref === 'string') return followed($ref, place)
  if (only !== undefined) return ofValues([only])
  if (Array.isArray(values)) return ofValues(values as readonly JsonValue[])
  if (Array.isArray(type)) return ofTypes(type.map(String), schema, place)
  if (typeof type === 'string') return ofTypes([type], schema, place)
  if (anyOf !== undefined || oneOf !== undefined) return RAW
  if (Array.isArray(allOf) && allOf.length === 1) return typeOf(allOf[0] as JsonValue, place)
  return RAW
}

function ofTypes(types: readonly string[], schema: JsonObject, place: Place): string {
  const present = types.filter((type) => type !== 'null')
  const [only] = present
  if (present.length !== 1 || only === undefined) return RAW
  const type = ofType(only, schema, place)
  return types.length > 1 && !hasNil(type) ? `*${type}` : type
}

function ofType(type: string, schema: JsonObject, place: Place): string {
  switch (type) {
    case 'string':
      return textType(schema, place)
    case 'number':
      return 'float64'
    case 'integer':
      return 'int64'
    case 'boolean':
      return 'bool'
    case 'array': {
      const { items, prefixItems } = schema
      if (items === undefined || prefixItems !== undefined) return `[]${RAW}`
      return `[]${typeOf(items, { ...place, name: `${place.name}Item` })}`
    }
    case 'object':
      return objectType(schema, place)
    default:
      return RAW
  }
}

function textType({ format }: JsonObject, { structs }: Place): string {
  if (structs.of === 'field') return 'string'
  return format === 'date-time' ? 'time.Time' : format === 'date' ? 'Date' : 'string'
}

function ofValues(values: readonly JsonValue[]): string {
  const kinds = new Set(values.map((value) => typeof value))
  if (kinds.size !== 1 || values.includes(null)) return RAW
  if (kinds.has('string')) return 'string'
  if (kinds.has('boolean')) return 'bool'
  return kinds.has('number') ? 'float64' : RAW
}

function objectType(schema: JsonObject, place: Place): string {
  const { properties, additionalProperties, patternProperties, required } = schema
  const entries = isObject(properties) ? Object.entries(properties) : []
  if (entries.length === 0) {
    if (!isObject(additionalProperties) || patternProperties !== undefined) return `map[string]${RAW}`
    return `map[string]${typeOf(additionalProperties, { ...place, name: `${place.name}Value` })}`
  }
  if (!entries.every(([name]) => fitsTag(name))) return `map[string]${RAW}`
  const own = place.structs.names.take(place.name)
  // Its place is kept before what it needs itself is declared.
  const index = place.structs.declarations.push('') - 1
  const members = scope([])
  const rows = entries.map(([name, property]) => {
    const member = members.take(goMember(name))
    const type = typeOf(property, { ...place, name: own + member })
    const isRequired = Array.isArray(required) && required.includes(name)
    const description =
      isObject(property) && typeof property.description === 'string' ? property.description : undefined
    const tag = `\`json:"${name}${isRequired ? '' : ',omitzero'}"\``
    return {
      comment: comment(description, '\t'),
      columns: [member, isRequired ? type : optional(type, place.structs), tag],
    }
  })
  const head = `// ${own} ${place.structs.about}\n`
  place.structs.declarations[index] = `${head}type ${own} struct {\n${aligned(rows)}}\n`
  return own
}

function optional(type: string, { of }: Structs): string {
  if (of === 'input') return `Opt[${type.replace(/^\*/, '')}]`
  return hasNil(type) ? type : `*${type}`
}

/** A name that encoding/json takes in a tag. */
function fitsTag(name: string): boolean {
  return /^[\p{L}\p{Nd}!#$%&()*+\-./:;<=>?@[\]^_{|}~ ]+$/u.test(name) && name !== '-'
}

/** The name of a member begins with a capital, or it would be hidden from encoding/json. */
function goMember(property: string): string {
  const name = goName(property)
  return /^\p{Lu}/u.test(name) ? name : `X${name}`
}

/** Schemas that contain themselves are any JSON where they do. */
function followed(reference: string, place: Place): string {
  const target = place.following.includes(reference) ? undefined : targetOf(reference, place.root)
  return target === undefined ? RAW : typeOf(target, { ...place, following: [...place.following, reference] })
}
