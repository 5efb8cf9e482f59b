import type { Report, YamlEntry } from '@koyalite/yaml'
import { keysOf } from './file/file-key'
import { TYPE_KEYS } from './file/schema-keys'
import { isStorableText } from './formats'
import { type EnumType, FIELD_TYPES, type FieldType, type OwnType } from './model'
import { nameProblem } from './names'
import { describe, type Options, readList, readNamed, readOptions, readText } from './shape'
import { didYouMean } from './suggest'

/** What `types` has: fields say these names as their type. */
export interface NamedTypes {
  readonly enums: ReadonlyMap<string, EnumType>
  readonly ownTypes: ReadonlyMap<string, OwnType>
}

export const TYPE_SYNONYMS: Readonly<Record<string, string>> = {
  integer: 'int',
  bigint: 'int',
  number: 'float',
  double: 'float',
  real: 'float',
  decimal: 'float',
  boolean: 'bool',
  varchar: 'string',
  char: 'string',
  str: 'string',
  guid: 'uuid',
  id: 'uuid',
  day: 'date',
  datetime: 'timestamp',
  time: 'timestamp',
  object: 'json',
  array: 'json',
  jsonb: 'json',
  binary: 'blob',
  bytes: 'blob',
}

/** Reads `types`: named enums, and types of the project. What validates those is only named here: reading a schema runs no code. */
export function parseTypes(entry: YamlEntry | undefined, report: Report): NamedTypes {
  const enums = new Map<string, EnumType>()
  const ownTypes = new Map<string, OwnType>()
  for (const type of entry ? readNamed(entry.value, { map: "'types'", name: 'type' }, report) : []) {
    const name = type.key
    if (FIELD_TYPES.some((builtIn) => builtIn === name)) {
      report(type.keyPosition, `'${name}' is a built-in type`)
      continue
    }
    const options = readTypeOptions(type, report)
    if (options?.has('base') || options?.has('validate')) {
      // With a stand-in, so that the fields of the type are not reported too.
      const ownType = parseOwnType(type, options, report) ?? { base: 'string', validate: name }
      ownTypes.set(name, { name, ...ownType })
    } else enums.set(name, { name, values: parseValues(type, options, report) })
  }
  return { enums, ownTypes }
}

function readTypeOptions(type: YamlEntry, report: Report): Options | undefined {
  if (type.value.kind === 'list') {
    report(type.value.position, `type '${type.key}' must be a map: { enum: [ … ] }`)
    return undefined
  }
  return readOptions(type.value, { what: `type '${type.key}'`, keys: keysOf(TYPE_KEYS) }, report)
}

function parseOwnType(
  { key: name, keyPosition }: YamlEntry,
  options: Options,
  report: Report,
): Omit<OwnType, 'name'> | undefined {
  const values = options.get('enum')
  if (values)
    report(values.keyPosition, `type '${name}' has 'enum' beside 'base' and 'validate': it is one or the other`)
  for (const missing of ['base', 'validate'].filter((key) => !options.has(key)))
    report(keyPosition, `type '${name}' has no '${missing}': { base: string, validate: ${name} }`)
  const base = readBase(options.get('base'), report)
  const validate = readText(options.get('validate'), report)
  const problem = validate === undefined ? undefined : nameProblem(validate, 'validator')
  if (problem) report(options.get('validate')?.value.position ?? keyPosition, problem)
  return base === undefined || validate === undefined ? undefined : { base, validate }
}

function readBase(entry: YamlEntry | undefined, report: Report): FieldType | undefined {
  const name = readText(entry, report)
  if (name === undefined || !entry) return undefined
  const base = FIELD_TYPES.find((type) => type === name)
  if (base === undefined) {
    const advice = didYouMean(name, FIELD_TYPES, TYPE_SYNONYMS) || `; known are ${FIELD_TYPES.join(', ')}`
    report(entry.value.position, `unknown base ${describe(entry.value)}: it must be a built-in type${advice}`)
  }
  return base
}

function parseValues(type: YamlEntry, options: Options | undefined, report: Report): readonly string[] {
  const entry = options?.get('enum')
  if (options && !entry) report(type.keyPosition, `type '${type.key}' has no values: { enum: [draft, published] }`)
  const items = readList(entry, report)
  if (items?.length === 0 && entry) report(entry.value.position, `type '${type.key}' must have at least one value`)
  const values = new Set<string>()
  for (const item of items ?? []) {
    const value = item.kind === 'scalar' ? item.value : null
    if (typeof value !== 'string') {
      const advice = item.kind === 'scalar' && value !== null ? ` (write it in quotes: "${item.source}")` : ''
      report(item.position, `the values of type '${type.key}' must be text, not ${describe(item)}${advice}`)
    } else if (value === '') report(item.position, `a value of type '${type.key}' is empty`)
    else if (!isStorableText(value))
      report(item.position, `a value of type '${type.key}' contains characters that cannot be stored`)
    else if (values.has(value)) report(item.position, `'${value}' is listed twice in type '${type.key}'`)
    else values.add(value)
  }
  return [...values]
}
