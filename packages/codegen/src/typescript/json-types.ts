import type { JsonValue } from '@koyalite/contracts'
import { isObject, type JsonObject, targetOf } from '../json-schema'
import { comment, propertyName, quoted, typed } from './source-text'

/** The types of one file that have a name because they have no room where they are used. */
export interface NamedTypes {
  /** @returns `name`, or with a number where it is taken */
  add(name: string, declare: (name: string) => string): string
  union(name: string, members: readonly string[]): string
  readonly declarations: readonly string[]
}

export function namedTypes(taken: readonly string[]): NamedTypes {
  const names = new Set(taken)
  const declarations: string[] = []
  const add: NamedTypes['add'] = (wanted, declare) => {
    let name = wanted
    for (let n = 2; names.has(name); n++) name = `${wanted}${n}`
    names.add(name)
    // Its place is kept before what it needs itself is declared.
    const place = declarations.push('') - 1
    declarations[place] = declare(name)
    return name
  }
  return {
    declarations,
    add,
    union: (wanted, members) => add(wanted, (name) => typed(`export type ${name} =`, members, '')),
  }
}

/** Of a union inside of another type. */
export const MAX_INLINE = 30

interface Place {
  /** What a type of its own would be called. */
  readonly name: string
  readonly root: JsonValue
  readonly types: NamedTypes
  /** References that are being followed. */
  readonly following: readonly string[]
  readonly work: { steps: number }
  /** Where it is in the value; null: among alternatives. */
  readonly path: string | null
  readonly timestamps: Timestamps | null
}

/** Is told where `Date`s are: `made_at`, `times/*` (each element of a list, or value of a map); empty: the value itself. */
export type Timestamps = (path: string) => void

const EACH = '*'

/** Definitions that refer to one another can stand for more than anybody reads. */
const MAX_STEPS = 2000

/**
 * The members of a union that all values of a JSON Schema are in. What cannot be said in TypeScript is `unknown`: true of every value.
 * @param timestamps where it is given, texts with a time are `Date`s
 */
export function jsonTypes(
  schema: JsonValue,
  name: string,
  types: NamedTypes,
  timestamps: Timestamps | null = null,
): readonly string[] {
  return simplified(
    typesOf(schema, { name, root: schema, types, following: [], work: { steps: 0 }, path: '', timestamps }),
  )
}

/** What one element of an array is, where the members say that it is one. */
export function elementType(members: readonly string[]): string | undefined {
  const arrays = members.filter((member) => member !== 'null')
  return arrays.length === 1 ? /^(.+)\[\]$/.exec(arrays[0] ?? '')?.[1] : undefined
}

function typesOf(schema: JsonValue, place: Place): readonly string[] {
  if (++place.work.steps > MAX_STEPS) return ['unknown']
  if (schema === false) return ['never']
  if (!isObject(schema)) return ['unknown']
  const { $ref, const: only, enum: values, anyOf, oneOf, allOf } = schema
  if (typeof $ref === 'string') return followed($ref, place)
  if (only !== undefined) return [literal(only)]
  if (Array.isArray(values)) return values.map(literal)
  if (schema.type !== undefined) {
    const names = Array.isArray(schema.type) ? schema.type : [schema.type]
    return names.flatMap((type) => ofType(String(type), schema, place))
  }
  const alternatives = [anyOf, oneOf].find((list) => Array.isArray(list)) as readonly JsonValue[] | undefined
  if (alternatives !== undefined)
    return alternatives.flatMap((one, i) => typesOf(one, { ...place, name: `${place.name}${i + 1}`, path: null }))
  if (Array.isArray(allOf) && allOf.length === 1) return typesOf(allOf[0] as JsonValue, place)
  return ['unknown']
}

function ofType(type: string, schema: JsonObject, place: Place): readonly string[] {
  switch (type) {
    case 'string':
      return [textType(schema, place)]
    case 'number':
    case 'integer':
      return ['number']
    case 'boolean':
      return ['boolean']
    case 'null':
      return ['null']
    case 'array':
      return [arrayType(schema, place)]
    case 'object':
      return [objectType(schema, place)]
    default:
      return ['unknown']
  }
}

function textType({ format }: JsonObject, { path, timestamps }: Place): string {
  if (format !== 'date-time' || timestamps === null || path === null) return 'string'
  timestamps(path)
  return 'Date'
}

/** A field, each element or each value of what is at a place. */
function inside(place: Place, name: string, step: string): Place {
  return { ...place, name, path: place.path === null ? null : place.path === '' ? step : `${place.path}/${step}` }
}

function arrayType({ items, prefixItems }: JsonObject, place: Place): string {
  if (items === undefined || prefixItems !== undefined) return 'unknown[]'
  const name = `${place.name}Item`
  const members = simplified(typesOf(items, inside(place, name, EACH)))
  if (members.length === 1) return `${members[0]}[]`
  const inline = members.join(' | ')
  return inline.length <= MAX_INLINE ? `(${inline})[]` : `${place.types.union(name, members)}[]`
}

function objectType(schema: JsonObject, place: Place): string {
  const { properties, additionalProperties, patternProperties, required } = schema
  const entries = isObject(properties) ? Object.entries(properties) : []
  const isRequired = (name: string) => Array.isArray(required) && required.includes(name)
  if (entries.length === 0) {
    if (additionalProperties === false && patternProperties === undefined) return 'Record<string, never>'
    if (!isObject(additionalProperties) || patternProperties !== undefined) return 'Record<string, unknown>'
    const name = `${place.name}Value`
    const members = simplified(typesOf(additionalProperties, inside(place, name, EACH)))
    const inline = members.join(' | ')
    return `Record<string, ${inline.length <= MAX_INLINE ? inline : place.types.union(name, members)}>`
  }
  return place.types.add(place.name, (own) => {
    const lines = entries.map(([name, property]) => {
      const inner = inside(place, own + pascal(name), name)
      // A name that would mean something else in a path.
      const hasPath = name !== '' && name !== EACH && !name.includes('/')
      const members = simplified(typesOf(property, hasPath ? inner : { ...inner, path: null }))
      const optional = !isRequired(name)
      const described =
        isObject(property) && typeof property.description === 'string' ? property.description : undefined
      const before = `\t${propertyName(name)}${optional ? '?' : ''}:`
      return comment(described, '\t') + typed(before, optional ? withMember(members, 'undefined') : members, '\t')
    })
    return `export interface ${own} {\n${lines.join('')}}\n`
  })
}

/** Schemas that contain themselves are `unknown` where they do. */
function followed(reference: string, place: Place): readonly string[] {
  if (place.following.includes(reference)) return ['unknown']
  const target = targetOf(reference, place.root)
  if (target === undefined) return ['unknown']
  return typesOf(target, { ...place, following: [...place.following, reference] })
}

/** Each member once; all of them are nothing beside `unknown`. */
function simplified(members: readonly string[]): readonly string[] {
  const different = [...new Set(members)]
  if (different.length === 0) return ['never']
  return different.includes('unknown') ? ['unknown'] : different
}

/** Another member at the end; `unknown` has it already. */
export function withMember(members: readonly string[], member: string): readonly string[] {
  return members.includes('unknown') || members.includes(member) ? members : [...members, member]
}

export function literal(value: JsonValue): string {
  if (typeof value === 'string') return quoted(value)
  if (typeof value === 'number') return String(value).replace('e+', 'e')
  return value === null || typeof value === 'boolean' ? String(value) : 'unknown'
}

function pascal(name: string): string {
  return (name.match(/[A-Za-z0-9]+/g) ?? ['Property'])
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('')
}
