import type { JsonValue } from '@koyalite/contracts'
import { isObject, type JsonObject, targetOf } from '../json-schema'
import type { Imports } from './imports'
import { isPythonName } from './python-names'
import { annotated, bracketed, docstring, quoted } from './source-text'

/** The types of one file that have a name because they have no room where they are used. */
export interface NamedTypes {
  readonly imports: Imports
  /** @returns `name`, or with a number where it is taken */
  add(name: string, declare: (name: string) => string): string
  literal(name: string, values: readonly string[]): string
  readonly declarations: readonly string[]
  readonly names: readonly string[]
}

export function namedTypes(taken: readonly string[], imports: Imports): NamedTypes {
  const names = new Set(taken)
  const declarations: string[] = []
  const added: string[] = []
  const add: NamedTypes['add'] = (wanted, declare) => {
    let name = wanted
    for (let n = 2; names.has(name); n++) name = `${wanted}${n}`
    names.add(name)
    added.push(name)
    const text = declare(name)
    // After those that it is made of.
    declarations.push(text)
    return name
  }
  return {
    imports,
    declarations,
    names: added,
    add,
    literal(wanted, values) {
      const literal = imports.use('typing', 'Literal')
      const inline = `${literal}[${values.join(', ')}]`
      if (inline.length <= MAX_INLINE) return inline
      return add(wanted, (name) => bracketed(`${name} = ${literal}[`, values, ']'))
    },
  }
}

/** Of a literal inside of another type. */
const MAX_INLINE = 40

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
  readonly kinds: Kinds | null
}

/** Is told where values are that JSON does not carry as they are: `made_at`, `days/*` (each element of a list, or value of a dict). */
export type Kinds = (path: string, kind: 'timestamp' | 'date' | 'float') => void

const EACH = '*'

/** Definitions that refer to one another can stand for more than anybody reads. */
const MAX_STEPS = 2000

/**
 * The members of a union that all values of a JSON Schema are in; `Any` where that cannot be said in Python.
 * @param kinds where it is given, texts with a time or day are a `datetime` or `date`
 */
export function jsonTypes(
  schema: JsonValue,
  name: string,
  types: NamedTypes,
  kinds: Kinds | null = null,
): readonly string[] {
  const place: Place = { name, root: schema, types, following: [], work: { steps: 0 }, path: '', kinds }
  return simplified(typesOf(schema, place), types)
}

function typesOf(schema: JsonValue, place: Place): readonly string[] {
  const { types } = place
  const any = () => [types.imports.use('typing', 'Any')]
  if (++place.work.steps > MAX_STEPS || !isObject(schema)) return any()
  const { $ref, const: only, enum: values, anyOf, oneOf, allOf } = schema
  if (typeof $ref === 'string') return followed($ref, place) ?? any()
  if (only !== undefined) return valueTypes([only], place)
  if (Array.isArray(values)) return valueTypes(values, place)
  if (schema.type !== undefined) {
    const names = Array.isArray(schema.type) ? schema.type : [schema.type]
    return names.flatMap((type) => ofType(String(type), schema, place))
  }
  const alternatives = [anyOf, oneOf].find((list) => Array.isArray(list)) as readonly JsonValue[] | undefined
  if (alternatives !== undefined)
    return alternatives.flatMap((one, i) => typesOf(one, { ...place, name: `${place.name}${i + 1}`, path: null }))
  if (Array.isArray(allOf) && allOf.length === 1) return typesOf(allOf[0] as JsonValue, place)
  return any()
}

function ofType(type: string, schema: JsonObject, place: Place): readonly string[] {
  const { imports } = place.types
  switch (type) {
    case 'string':
      return [textType(schema, place)]
    case 'number':
      if (place.path !== null) place.kinds?.(place.path, 'float')
      return [imports.use('builtins', 'float')]
    case 'integer':
      return [imports.use('builtins', 'int')]
    case 'boolean':
      return [imports.use('builtins', 'bool')]
    case 'null':
      return ['None']
    case 'array':
      return [`${imports.use('builtins', 'list')}[${itemType(schema, place)}]`]
    case 'object':
      return [objectType(schema, place)]
    default:
      return [imports.use('typing', 'Any')]
  }
}

function textType({ format }: JsonObject, { types, path, kinds }: Place): string {
  const [kind, name] = format === 'date-time' ? (['timestamp', 'datetime'] as const) : (['date', 'date'] as const)
  if (kinds === null || path === null || (format !== 'date-time' && format !== 'date'))
    return types.imports.use('builtins', 'str')
  kinds(path, kind)
  return types.imports.use('datetime', name)
}

/** A field, each element or each value of what is at a place. */
function inside(place: Place, name: string, step: string): Place {
  return { ...place, name, path: place.path === null ? null : place.path === '' ? step : `${place.path}/${step}` }
}

function itemType({ items, prefixItems }: JsonObject, place: Place): string {
  const { types, name } = place
  if (items === undefined || prefixItems !== undefined) return types.imports.use('typing', 'Any')
  return simplified(typesOf(items, inside(place, `${name}Item`, EACH)), types).join(' | ')
}

/** In a class they would hide the types of what follows. */
const TYPE_NAMES: readonly string[] = ['bool', 'dict', 'float', 'int', 'list', 'str']

function objectType(schema: JsonObject, place: Place): string {
  const { properties, additionalProperties, patternProperties, required } = schema
  const { types, name } = place
  // A key without a name cannot be said.
  const entries = isObject(properties) ? Object.entries(properties).filter(([key]) => key !== '') : []
  if (entries.length === 0) {
    const dict = `${types.imports.use('builtins', 'dict')}[${types.imports.use('builtins', 'str')}`
    if (!isObject(additionalProperties) || patternProperties !== undefined)
      return `${dict}, ${types.imports.use('typing', 'Any')}]`
    const members = simplified(typesOf(additionalProperties, inside(place, `${name}Value`, EACH)), types)
    return `${dict}, ${members.join(' | ')}]`
  }
  const isRequired = (key: string) => Array.isArray(required) && required.includes(key)
  return types.add(name, (own) => {
    const typedDict = types.imports.use('typing', 'TypedDict')
    const members = entries.map(([key, property]) => {
      // A name that would mean something else in a path.
      const hasPath = key !== EACH && !key.includes('/')
      const inner = inside(place, own + pascal(key), key)
      const type = simplified(typesOf(property, hasPath ? inner : { ...inner, path: null }), types).join(' | ')
      const description = isObject(property) && typeof property.description === 'string' ? property.description : ''
      return {
        key,
        description,
        type: isRequired(key) ? type : `${types.imports.use('typing', 'NotRequired')}[${type}]`,
      }
    })
    const hidden = place.kinds === null ? TYPE_NAMES : [...TYPE_NAMES, 'date', 'datetime']
    // As a class where the keys are names that do not hide the types after them.
    if (members.every(({ key }) => isPythonName(key) && !key.startsWith('__') && !hidden.includes(key))) {
      const lines = members.map(
        ({ key, type, description }) => annotated(key, type, { indent: '    ' }) + docstring(description, '    '),
      )
      return `${bracketed(`class ${own}(`, [typedDict], '):')}${lines.join('')}`
    }
    const items = members.map(({ key, type }) => `        ${quoted(key)}: ${quoted(type)},\n`)
    return `${own} = ${typedDict}(\n    "${own}",\n    {\n${items.join('')}    },\n)\n`
  })
}

/** Literals, as far as Python has them: of numbers with a fraction, arrays and objects only the type. */
function valueTypes(values: readonly JsonValue[], { name, types }: Place): readonly string[] {
  const literals = values.filter((value) => isLiteral(value)).map((value) => literalOf(value))
  const others = values.filter((value) => !isLiteral(value) && value !== null)
  return [
    ...(literals.length === 0 ? [] : [types.literal(name, [...new Set(literals)])]),
    ...others.map((value) =>
      typeof value === 'number' ? types.imports.use('builtins', 'float') : types.imports.use('typing', 'Any'),
    ),
    ...(values.includes(null) ? ['None'] : []),
  ]
}

function isLiteral(value: JsonValue): boolean {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isSafeInteger(value)
}

export function literalOf(value: JsonValue): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  return typeof value === 'string' ? quoted(value) : String(value)
}

/** Schemas that contain themselves are `Any` where they do. */
function followed(reference: string, place: Place): readonly string[] | undefined {
  if (place.following.includes(reference)) return undefined
  const target = targetOf(reference, place.root)
  return target === undefined ? undefined : typesOf(target, { ...place, following: [...place.following, reference] })
}

/** Each member once; all of them are nothing beside `Any`. None comes last. */
function simplified(members: readonly string[], types: NamedTypes): readonly string[] {
  const different = [...new Set(members)]
  const any = different.find((member) => /^_?Any$/.test(member))
  if (any !== undefined) return [any]
  if (different.length === 0) return [types.imports.use('typing', 'Any')]
  return different.includes('None') ? [...different.filter((member) => member !== 'None'), 'None'] : different
}

/** Another member at the end; `Any` has it already. */
export function orNone(members: readonly string[]): readonly string[] {
  return members.some((member) => /^_?Any$/.test(member)) || members.includes('None') ? members : [...members, 'None']
}

function pascal(name: string): string {
  return (name.match(/[A-Za-z0-9]+/g) ?? ['Property'])
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('')
}
