import type { JsonValue } from '@koyalite/contracts'
import { didYouMean } from '@koyalite/contracts'
import { describe, type JsonSchema, patternProblem } from '@koyalite/schema'
import { toJson, type YamlEntry, type YamlMap, type YamlNode } from '@koyalite/yaml'

/** Takes a problem with the path of the field that it is about: `tags.items`. */
export type ReportAt = (path: string, message: string) => void

type Keywords = { [keyword: string]: JsonValue }

/** What a type is in JSON Schema, and which options it has besides those of every field. */
interface FieldType {
  readonly schema: JsonSchema
  readonly options: readonly string[]
}

const TEXT = ['minLength', 'maxLength', 'pattern', 'format', 'enum'] as const
const NUMBER = ['min', 'max', 'minimum', 'maximum', 'enum'] as const

/** The names of JSON Schema, and those of schema.yaml. */
const TYPES: Readonly<Record<string, FieldType>> = {
  string: { schema: { type: 'string' }, options: TEXT },
  text: { schema: { type: 'string' }, options: TEXT },
  number: { schema: { type: 'number' }, options: NUMBER },
  float: { schema: { type: 'number' }, options: NUMBER },
  integer: { schema: { type: 'integer' }, options: NUMBER },
  int: { schema: { type: 'integer' }, options: NUMBER },
  boolean: { schema: { type: 'boolean' }, options: ['enum'] },
  bool: { schema: { type: 'boolean' }, options: ['enum'] },
  uuid: { schema: { type: 'string', format: 'uuid' }, options: [] },
  timestamp: { schema: { type: 'string', format: 'date-time' }, options: [] },
  date: { schema: { type: 'string', format: 'date' }, options: [] },
  array: { schema: { type: 'array' }, options: ['items', 'minItems', 'maxItems', 'uniqueItems'] },
  object: { schema: { type: 'object' }, options: ['properties', 'additionalProperties'] },
  json: { schema: {}, options: ['enum'] },
}

const COMMON = ['type', 'required', 'optional', 'nullable', 'default', 'description'] as const

/** What `format` may be, and its name in JSON Schema. */
const FORMATS: Readonly<Record<string, string>> = {
  email: 'email',
  url: 'uri',
  uri: 'uri',
  uuid: 'uuid',
  date: 'date',
  timestamp: 'date-time',
  'date-time': 'date-time',
}

/** No key that reaches a prototype, and none that JSON Schema has for itself. */
const FIELD_NAME = /^(?!(?:__proto__|constructor|prototype)$)[A-Za-z_][\w.-]{0,99}$/
const MAX_DEPTH = 20

/** `{ title: { type: 'string', maxLength: 200 }, tags: { type: 'array', items: 'string', optional: true } }` as JSON Schema. */
export function fromShortForm(fields: YamlMap, report: ReportAt): JsonSchema {
  return objectSchema(fields, '', report)
}

function objectSchema(fields: YamlMap, path: string, report: ReportAt): JsonSchema {
  const properties: Keywords = {}
  const required: string[] = []
  for (const { key, value } of fields.entries) {
    const inner = path === '' ? key : `${path}.${key}`
    if (!FIELD_NAME.test(key)) {
      report(path, `'${key.slice(0, 100)}' is not a name of a field: use letters, digits, '_', '-' and '.'`)
      continue
    }
    const field = readField(value, inner, report)
    properties[key] = field.schema
    if (field.isRequired) required.push(key)
  }
  return {
    type: 'object',
    properties,
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  }
}

interface Field {
  readonly schema: JsonSchema
  readonly isRequired: boolean
}

const ANYTHING: Field = { schema: {}, isRequired: false }

function readField(node: YamlNode, path: string, report: ReportAt): Field {
  if (path.split('.').length > MAX_DEPTH) {
    report(path, 'nested too deeply')
    return ANYTHING
  }
  if (node.kind === 'scalar' && typeof node.value === 'string') {
    const type = typeOf(node, path, report)
    return type === undefined ? ANYTHING : { schema: type.schema, isRequired: true }
  }
  if (node.kind !== 'map') {
    report(path, `must be a type like "string", or options like { type: "string" }, not ${describe(node)}`)
    return ANYTHING
  }
  return fieldOf(node, path, report)
}

function fieldOf(node: YamlMap, path: string, report: ReportAt): Field {
  const options = new Map(node.entries.map((entry) => [entry.key, entry]))
  const named = options.get('type')
  if (named === undefined) {
    report(path, 'has no type')
    return ANYTHING
  }
  const type = typeOf(named.value, path, report)
  if (type === undefined) return ANYTHING
  const known = [...COMMON, ...type.options]
  for (const { key } of node.entries) {
    if (known.includes(key)) continue
    report(path, `unknown option '${key.slice(0, 100)}'${didYouMean(key, known) || `; known are ${known.join(', ')}`}`)
  }
  const at = { path, report, isNullable: flag(options.get('nullable'), path, report) === true }
  return { schema: withNull(schemaOf(type, options, at), at.isNullable), isRequired: isRequired(options, path, report) }
}

function typeOf(node: YamlNode, path: string, report: ReportAt): FieldType | undefined {
  const name = node.kind === 'scalar' ? node.source : ''
  if (Object.hasOwn(TYPES, name)) return TYPES[name]
  const names = Object.keys(TYPES)
  report(path, `unknown type ${describe(node)}${didYouMean(name, names) || `; known are ${names.join(', ')}`}`)
  return undefined
}

type Options = ReadonlyMap<string, YamlEntry>

function isRequired(options: Options, path: string, report: ReportAt): boolean {
  const required = flag(options.get('required'), path, report)
  const optional = flag(options.get('optional'), path, report)
  if (required !== undefined && required === optional) {
    report(path, `'required: ${required}' and 'optional: ${optional}' contradict one another`)
  }
  if (required === true && options.has('default')) report(path, 'a required field never takes its default')
  return required ?? !(optional === true || options.has('default'))
}

interface Place {
  readonly path: string
  readonly report: ReportAt
  readonly isNullable: boolean
}

function schemaOf(type: FieldType, options: Options, place: Place): JsonSchema {
  const schema: Keywords = { ...type.schema }
  for (const [name, entry] of options) {
    const read = Object.hasOwn(OPTIONS, name) ? OPTIONS[name] : undefined
    if (read !== undefined) Object.assign(schema, read(entry, place))
  }
  // An object of which no field is named may have any.
  if (schema.type === 'object' && schema.properties !== undefined) schema.additionalProperties ??= false
  return schema
}

function withNull(schema: JsonSchema, isNullable: boolean): JsonSchema {
  return isNullable && schema.type !== undefined ? { ...schema, type: [schema.type, 'null'] } : schema
}

type ReadOption = (entry: YamlEntry, place: Place) => Keywords

/** Each option as keywords of JSON Schema. `type`, `required`, `optional` and `nullable` are read before. */
const OPTIONS: Readonly<Record<string, ReadOption>> = {
  description: ({ value }, { path, report }) => {
    if (value.kind === 'scalar' && typeof value.value === 'string') return { description: value.value }
    report(path, `'description' must be text, not ${describe(value)}`)
    return {}
  },
  default: ({ value }) => ({ default: toJson(value) }),
  enum: readEnum,
  minLength: (entry, place) => count('minLength', entry, place),
  maxLength: (entry, place) => count('maxLength', entry, place),
  minItems: (entry, place) => count('minItems', entry, place),
  maxItems: (entry, place) => count('maxItems', entry, place),
  min: (entry, place) => limit('minimum', entry, place),
  max: (entry, place) => limit('maximum', entry, place),
  minimum: (entry, place) => limit('minimum', entry, place),
  maximum: (entry, place) => limit('maximum', entry, place),
  uniqueItems: (entry, { path, report }) => ({ uniqueItems: flag(entry, path, report) ?? false }),
  additionalProperties: (entry, { path, report }) => ({ additionalProperties: flag(entry, path, report) ?? false }),
  pattern: ({ value }, { path, report }) => {
    const text = value.kind === 'scalar' && typeof value.value === 'string' ? value.value : null
    const problem = text === null ? 'it must be text' : patternProblem(text)
    if (text !== null && problem === undefined) return { pattern: text }
    report(path, `pattern ${describe(value)} cannot be used: ${problem}`)
    return {}
  },
  format: ({ value }, { path, report }) => {
    const name = value.kind === 'scalar' ? value.source : ''
    if (Object.hasOwn(FORMATS, name)) return { format: FORMATS[name] ?? name }
    const names = Object.keys(FORMATS)
    report(path, `unknown format ${describe(value)}${didYouMean(name, names) || `; known are ${names.join(', ')}`}`)
    return {}
  },
  items: ({ value }, { path, report }) => {
    for (const name of value.kind === 'map' ? ['required', 'optional', 'default'] : []) {
      if (value.kind === 'map' && value.entries.some(({ key }) => key === name)) {
        report(`${path}.items`, `'${name}' is for fields, not for the items of a list`)
      }
    }
    return { items: readField(value, `${path}.items`, report).schema }
  },
  properties: ({ value }, { path, report }) => {
    if (value.kind === 'map') {
      const { properties = {}, required } = objectSchema(value, path, report)
      return { properties, ...(required !== undefined && { required }) }
    }
    report(path, `'properties' must be a map of fields, not ${describe(value)}`)
    return {}
  },
}

function readEnum({ value }: YamlEntry, { path, report, isNullable }: Place): Keywords {
  const items = value.kind === 'list' ? value.items : []
  if (items.length === 0 || items.some(({ kind }) => kind !== 'scalar')) {
    report(path, `'enum' must be a list of at least one text or number, not ${describe(value)}`)
    return {}
  }
  const values = items.map(toJson)
  return { enum: isNullable && !values.includes(null) ? [...values, null] : values }
}

function count(keyword: string, { key, value }: YamlEntry, { path, report }: Place): Keywords {
  const number = value.kind === 'scalar' ? value.value : null
  if (typeof number === 'number' && Number.isSafeInteger(number) && number >= 0) return { [keyword]: number }
  report(path, `'${key}' must be a whole number, not ${describe(value)}`)
  return {}
}

function limit(keyword: string, { key, value }: YamlEntry, { path, report }: Place): Keywords {
  const number = value.kind === 'scalar' ? value.value : null
  if (typeof number === 'number' && Number.isFinite(number)) return { [keyword]: number }
  report(path, `'${key}' must be a number, not ${describe(value)}`)
  return {}
}

function flag(entry: YamlEntry | undefined, path: string, report: ReportAt): boolean | undefined {
  if (entry === undefined) return undefined
  const { key, value } = entry
  if (value.kind === 'scalar' && typeof value.value === 'boolean') return value.value
  report(path, `'${key}' must be true or false, not ${describe(value)}`)
  return undefined
}
