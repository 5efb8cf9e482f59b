import { type Report, toJson, type YamlEntry } from '@koyalite/yaml'
import { readClientName } from './client-name-option'
import { readDefault } from './field-default'
import { readValidation, VALIDATION_SYNONYMS } from './field-validation'
import { FIELD_KEYS, ON_DELETE } from './file/field-keys'
import { keysOf } from './file/file-key'
import { checkJsonSchema } from './json-schema-check'
import {
  type EnumType,
  FIELD_TYPES,
  type Field,
  type FieldType,
  type OwnType,
  type Position,
  type Reference,
} from './model'
import { sqlNameProblem } from './names'
import { type NamedTypes, TYPE_SYNONYMS } from './parse-types'
import { describe, type Options, readBoolean, readChoice, readExpression, readOptions, readText } from './shape'
import { didYouMean } from './suggest'

/** A field with the places of its options, for the checks that need the rest of the schema. */
export interface FieldDraft {
  readonly field: Field
  /** Its type could not be read: checks that depend on the type say nothing about it. */
  readonly broken: boolean
  /** Options that the file states, and where their values stand. */
  readonly stated: ReadonlyMap<string, Position>
}

const KEY_SYNONYMS: Readonly<Record<string, string>> = {
  ...VALIDATION_SYNONYMS,
  optional: 'nullable',
  null: 'nullable',
  primarykey: 'primary',
  primary_key: 'primary',
  pk: 'primary',
  ref: 'references',
  foreign_key: 'references',
  indexed: 'index',
  hidden: 'internal',
  private: 'internal',
}

const KEY_ADVICE: Readonly<Record<string, string>> = {
  required: ': a field is required unless it is nullable or has a default',
}

/** Reads one field. What is wrong inside it is reported here; what depends on other fields and collections, by check-schema. */
export function parseField(entry: YamlEntry, types: NamedTypes, report: Report): FieldDraft | undefined {
  const { value, key: name } = entry
  // `title: string` is how people abbreviate; the right form is one step away, so it is named.
  if (value.kind === 'scalar') {
    const example = typeof value.value === 'string' ? value.value : 'string'
    report(value.position, `field '${name}' must be a map of options: { type: ${example} }`)
    return undefined
  }
  const expected = { what: `field '${name}'`, keys: keysOf(FIELD_KEYS), synonyms: KEY_SYNONYMS, advice: KEY_ADVICE }
  const options = readOptions(value, expected, report)
  if (!options) return undefined
  const resolved = readType(options, entry, types, report)
  const type = resolved?.type ?? 'string'
  const flags = readFlags(options, report)
  // Without a type nothing that depends on it can be judged.
  const quiet: Report = resolved ? report : () => {}
  const validation = mergeEnum(readValidation(options, type, quiet), resolved?.enumType, options, report)
  const onUpdateNow = readOnUpdate(options.get('onUpdate'), type, quiet)
  const fallback = readDefault(options.get('default'), { type, validation, ...flags }, quiet)
  const references = readReference(options, flags.nullable, report)
  const jsonSchema = readJsonSchema(options.get('schema'), type, quiet)
  const description = readText(options.get('description'), report)
  const read = readExpression(options.get('read'), report)
  const write = readExpression(options.get('write'), report)
  const clientName = readClientName(options.get('clients'), `field '${name}'`, report)
  const isStampedNow = onUpdateNow && !flags.nullable && fallback === undefined && !options.has('default')
  const field: Field = {
    name,
    column: readColumn(options.get('column'), report) ?? name,
    type,
    ...(resolved?.enumType && { enumName: resolved.enumType.name }),
    ...(resolved?.ownType && { ownType: resolved.ownType }),
    ...(description !== undefined && { description }),
    ...flags,
    ...(fallback && { default: fallback }),
    // A required timestamp that the server sets at each update is set by it at creation too.
    ...(isStampedNow && { default: { kind: 'now' } as const }),
    onUpdateNow,
    ...(references && { references }),
    validation,
    ...(jsonSchema !== undefined && { jsonSchema }),
    ...(clientName !== undefined && clientName !== name && { clientName }),
    ...(read && { read }),
    ...(write && { write }),
    position: entry.keyPosition,
  }
  const stated = new Map([...options].map(([key, option]) => [key, option.value.position]))
  if (resolved) checkField(field, stated, report)
  return { field, broken: !resolved, stated }
}

/** What one field must fulfil by itself; also used where a field of `users` is made of the built-in and the stated one. */
export function checkField(field: Field, stated: ReadonlyMap<string, Position>, report: Report): void {
  const at = (key: string) => stated.get(key) ?? field.position
  const { type } = field
  if (field.primary) {
    if (type !== 'uuid' && type !== 'string' && type !== 'int') {
      report(at('type'), `a primary key must be of type uuid, string or int, not ${type}`)
    }
    if (field.nullable) report(at('nullable'), 'a primary key cannot be nullable')
    if (field.internal) report(at('internal'), 'a primary key cannot be internal: it identifies documents in the API')
    if (field.read) report(at('read'), 'a primary key cannot have a read rule: it identifies documents in the API')
  }
  if (type === 'json' && field.unique) report(at('unique'), 'a json field cannot be unique')
  if (type === 'json' && field.index) report(at('index'), 'a json field cannot be indexed')
  if (field.references && (type === 'json' || type === 'blob'))
    report(at('references'), `a ${type} field cannot be a reference`)
}

function readType(
  options: Options,
  entry: YamlEntry,
  { enums, ownTypes }: NamedTypes,
  report: Report,
): { readonly type: FieldType; readonly enumType?: EnumType; readonly ownType?: OwnType } | undefined {
  const option = options.get('type')
  if (!option) {
    report(entry.keyPosition, `field '${entry.key}' has no type`)
    return undefined
  }
  const name = readText(option, report)
  if (name === undefined) return undefined
  const type = FIELD_TYPES.find((candidate) => candidate === name)
  if (type) return { type }
  const enumType = enums.get(name)
  if (enumType) return { type: 'string', enumType }
  const ownType = ownTypes.get(name)
  if (ownType) return { type: ownType.base, ownType }
  const known = [...FIELD_TYPES, ...enums.keys(), ...ownTypes.keys()]
  const advice = didYouMean(name, known, TYPE_SYNONYMS)
  report(option.value.position, `unknown type ${describe(option.value)}${advice || `; known are ${known.join(', ')}`}`)
  return undefined
}

function readFlags(
  options: Options,
  report: Report,
): Pick<Field, 'primary' | 'unique' | 'index' | 'nullable' | 'internal'> {
  const flag = (key: string) => readBoolean(options.get(key), report) ?? false
  return {
    primary: flag('primary'),
    unique: flag('unique'),
    index: flag('index'),
    nullable: flag('nullable'),
    internal: flag('internal'),
  }
}

function mergeEnum(
  validation: Field['validation'],
  enumType: EnumType | undefined,
  options: Options,
  report: Report,
): Field['validation'] {
  if (!enumType) return validation
  const own = options.get('enum')
  if (validation.enum) {
    const position = own?.keyPosition ?? options.get('validate')?.keyPosition ?? options.get('type')?.keyPosition
    if (position)
      report(position, `'enum' cannot be combined with the type '${enumType.name}', which already lists the values`)
  }
  return { ...validation, enum: enumType.values }
}

function readOnUpdate(entry: YamlEntry | undefined, type: FieldType, report: Report): boolean {
  const word = readChoice(entry, ['now'], report)
  if (word === undefined || !entry) return false
  if (type === 'timestamp') return true
  report(entry.keyPosition, `'onUpdate: now' is for timestamp fields only, not ${type}`)
  return false
}

function readReference(options: Options, nullable: boolean, report: Report): Reference | undefined {
  const entry = options.get('references')
  const target = readText(entry, report)
  const onDeleteEntry = options.get('onDelete')
  const onDelete = readChoice(onDeleteEntry, keysOf(ON_DELETE), report) ?? 'restrict'
  if (!entry) {
    if (onDeleteEntry) report(onDeleteEntry.keyPosition, "'onDelete' needs 'references'")
    return undefined
  }
  if (onDelete === 'set null' && !nullable && onDeleteEntry) {
    report(onDeleteEntry.value.position, "'onDelete: set null' needs 'nullable: true'")
  }
  if (target === undefined) return undefined
  const [collection, field, ...rest] = target.split('.')
  if (collection && field && rest.length === 0) return { collection, field, onDelete }
  report(
    entry.value.position,
    `'references' must be collection.field (for example users.id), not ${describe(entry.value)}`,
  )
  return undefined
}

function readJsonSchema(entry: YamlEntry | undefined, type: FieldType, report: Report): Field['jsonSchema'] {
  if (!entry) return undefined
  if (type !== 'json') {
    report(entry.keyPosition, `'schema' is for json fields only, not ${type}`)
    return undefined
  }
  if (entry.value.kind !== 'map') {
    report(entry.value.position, `'schema' must be a JSON Schema (a map), not ${describe(entry.value)}`)
    return undefined
  }
  checkJsonSchema(entry.value, report)
  return toJson(entry.value)
}

function readColumn(entry: YamlEntry | undefined, report: Report): string | undefined {
  const column = readText(entry, report)
  const problem = column === undefined ? undefined : sqlNameProblem(column, 'column')
  if (problem && entry) report(entry.value.position, problem)
  return column
}
