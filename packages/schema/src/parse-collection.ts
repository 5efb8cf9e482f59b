import type { Report, YamlEntry, YamlNode } from '@koyalite/yaml'
import { readClientName } from './client-name-option'
import { COLLECTION_KEYS, INDEX_KEYS, ORDERS } from './file/collection-keys'
import { keysOf } from './file/file-key'
import type { Collection, Field, Index } from './model'
import { nameProblem, sqlNameProblem } from './names'
import { type FieldDraft, parseField } from './parse-field'
import { parsePolicies, parseRules } from './parse-rules'
import type { NamedTypes } from './parse-types'
import { describe, readBoolean, readChoice, readList, readNamed, readOptions, readText } from './shape'
import { isUsers, USERS, withBuiltInFields } from './users'

/** A collection with the places of its fields' options, for the checks that need the rest of the schema. */
export interface CollectionDraft {
  readonly collection: Collection
  readonly fields: ReadonlyMap<string, FieldDraft>
}

const MAX_FIELDS = 1950

const KEY_SYNONYMS: Readonly<Record<string, string>> = {
  columns: 'fields',
  properties: 'fields',
  indices: 'indexes',
  permissions: 'rules',
  access: 'rules',
}

/** Reads one collection. Returns undefined if it has no usable primary key (which is reported). */
export function parseCollection(entry: YamlEntry, types: NamedTypes, report: Report): CollectionDraft | undefined {
  const name = entry.key
  const what = { what: `collection '${name}'`, keys: keysOf(COLLECTION_KEYS), synonyms: KEY_SYNONYMS }
  const options = readOptions(entry.value, what, report)
  if (!options) return undefined
  const fieldsEntry = options.get('fields')
  if (!fieldsEntry && name !== USERS) report(entry.keyPosition, `collection '${name}' has no fields`)
  const drafts = readFields(name, fieldsEntry, types, report)
  const description = readText(options.get('description'), report)
  const singular = readSingular(options.get('singular'), report)
  const clientName = readClientName(options.get('clients'), `collection '${name}'`, report)
  const rules = parseRules(options.get('rules'), report)
  const policies = parsePolicies(options.get('policies'), report)
  const audit = readBoolean(options.get('audit'), report) ?? false
  const table = readTable(options.get('table'), report) ?? name
  const indexes = readIndexes(options.get('indexes'), report)
  const primaryKey = findPrimaryKey(entry, drafts, fieldsEntry !== undefined, report)
  const collection: Collection = {
    name,
    table,
    ...(singular !== undefined && { singular }),
    ...(clientName !== undefined && { clientName }),
    ...(description !== undefined && { description }),
    fields: new Map(drafts.map(({ field }) => [field.name, field])),
    // Without one the file has a problem, so that nobody meets this stand-in.
    primaryKey: primaryKey ?? STAND_IN_KEY,
    indexes,
    rules,
    policies,
    audit,
    position: entry.keyPosition,
  }
  return { collection, fields: new Map(drafts.map((draft) => [draft.field.name, draft])) }
}

const STAND_IN_KEY: Field = {
  name: '',
  column: '',
  type: 'uuid',
  primary: true,
  unique: false,
  index: false,
  nullable: false,
  internal: false,
  onUpdateNow: false,
  validation: {},
  position: { line: 1, column: 1 },
}

/** `users` of a file that does not mention it. */
export function builtInUsers(report: Report): CollectionDraft {
  const position = { line: 1, column: 1 }
  const drafts = withBuiltInFields([], report)
  const fields = new Map(drafts.map((draft) => [draft.field.name, draft]))
  const primaryKey = fields.get('id')?.field ?? STAND_IN_KEY
  const collection: Collection = {
    name: USERS,
    table: USERS,
    fields: new Map(drafts.map(({ field }) => [field.name, field])),
    primaryKey,
    indexes: [],
    rules: {},
    policies: [],
    audit: false,
    position,
  }
  return { collection, fields }
}

function readFields(
  collection: string,
  entry: YamlEntry | undefined,
  types: NamedTypes,
  report: Report,
): readonly FieldDraft[] {
  const entries = entry ? readNamed(entry.value, { map: "'fields'", name: 'field' }, report) : []
  if (entries.length > MAX_FIELDS && entry) {
    report(
      entry.keyPosition,
      `collection '${collection}' has ${entries.length} fields; at most ${MAX_FIELDS} are allowed`,
    )
  }
  const drafts = entries.map((field) => parseField(field, types, report)).filter((draft) => draft !== undefined)
  return isUsers({ name: collection }) ? withBuiltInFields(drafts, report) : drafts
}

function findPrimaryKey(
  entry: YamlEntry,
  drafts: readonly FieldDraft[],
  hasFields: boolean,
  report: Report,
): Field | undefined {
  const keys = drafts.filter(({ field }) => field.primary)
  const [first, second] = keys
  if (!first && hasFields) {
    report(
      entry.keyPosition,
      `collection '${entry.key}' has no primary key: add id: { type: uuid, primary: true, default: auto }`,
    )
  }
  if (first && second) {
    const names = keys.map(({ field }) => field.name).join(', ')
    report(
      second.stated.get('primary') ?? second.field.position,
      `composite primary keys are not supported: give '${entry.key}' a single key (id: { type: uuid, primary: true, default: auto }) and a unique index on [${names}]`,
    )
  }
  return first?.field
}

function readSingular(entry: YamlEntry | undefined, report: Report): string | undefined {
  const singular = readText(entry, report)
  const problem = singular === undefined ? undefined : nameProblem(singular, 'singular')
  if (problem && entry) report(entry.value.position, problem)
  return singular
}

function readTable(entry: YamlEntry | undefined, report: Report): string | undefined {
  const table = readText(entry, report)
  const problem = table === undefined ? undefined : sqlNameProblem(table, 'table')
  if (problem && entry) report(entry.value.position, problem)
  return table
}

function readIndexes(entry: YamlEntry | undefined, report: Report): readonly Index[] {
  return (readList(entry, report) ?? []).map((node) => readIndex(node, report)).filter((index) => index !== undefined)
}

function readIndex(node: YamlNode, report: Report): Index | undefined {
  const options = readOptions(node, { what: 'an index', keys: keysOf(INDEX_KEYS) }, report)
  if (!options) return undefined
  const name = readText(options.get('name'), report)
  if (!options.has('name')) report(node.position, 'an index must have a name')
  const problem = name === undefined ? undefined : nameProblem(name, 'index')
  if (problem) report(options.get('name')?.value.position ?? node.position, problem)
  if (!options.has('fields')) report(node.position, 'an index must have a list of fields')
  const fields: string[] = []
  for (const item of readList(options.get('fields'), report) ?? []) {
    const field = item.kind === 'scalar' && item.value !== null ? item.source : undefined
    if (field === undefined) report(item.position, `a field of an index must be a name, not ${describe(item)}`)
    else if (fields.includes(field)) report(item.position, `field '${field}' is listed twice in the index`)
    else fields.push(field)
  }
  if (options.get('fields')?.value.kind === 'list' && fields.length === 0)
    report(node.position, 'an index must have at least one field')
  const order = readChoice(options.get('order'), keysOf(ORDERS), report) ?? 'asc'
  const unique = readBoolean(options.get('unique'), report) ?? false
  return { name: name ?? '', fields, order, unique, position: node.position }
}
