import { isUsers } from '@koyalite/schema'
import { type ClientCollection, type ClientField, type ClientRelation, keyRelation } from '../client-model'
import { createImports, type Imports } from './imports'
import { jsonTypes, literalOf, type NamedTypes, namedTypes, orNone } from './json-types'
import { pythonNames } from './python-names'
import { annotated, bracketed } from './source-text'

/** One collection, in the words of Python. */
export interface PythonCollection {
  readonly collection: ClientCollection
  /** The type of a document, with which those of the others begin. */
  readonly type: string
  readonly fields: readonly PythonField[]
  readonly relations: readonly PythonRelation[]
  readonly key: PythonField
  readonly imports: Imports
  /** Types that have a name of their own, before those of documents. */
  readonly types: NamedTypes
}

export interface PythonField {
  readonly field: ClientField
  readonly name: string
  /** Without None: a union of these. */
  readonly members: readonly string[]
  /** What filters take besides None. */
  readonly filter: string
  /** What patches take besides a value. */
  readonly operators: readonly string[]
  /** The documents whose keys it holds; absent: none. */
  readonly refersTo?: string | undefined
}

export interface PythonRelation {
  readonly relation: ClientRelation
  /** The attribute with what is expanded. */
  readonly name: string
  /** Of what is expanded. */
  readonly type: string
}

/** @param modules the files of collections */
export function pythonCollection(
  collection: ClientCollection,
  modules: ReadonlyMap<string, { readonly file: string; readonly type: string }>,
): PythonCollection {
  const { fields, relations } = collection
  const type = modules.get(collection.name)?.type ?? collection.type
  const fieldNames = pythonNames(fields.map(clientNameOf))
  // What replaces its reference in place has an attribute of its own: the reference stays what it is.
  const wanted = relations.map(clientNameOf).map((name) => (fieldNames.has(name) ? `${name}_expanded` : name))
  const relationNames = pythonNames(wanted, new Set(fieldNames.values()))
  const ownTypes = ownTypeNames(type, collection)
  const attributes = [...fieldNames.values(), ...relationNames.values()]
  const imports = createImports(new Set([...attributes, ...ownTypes]))
  const types = namedTypes(ownTypes, imports)
  const documentOf = (name: string): string => {
    const target = modules.get(name)
    if (target === undefined) throw new Error(`no collection ${name}`)
    return name === collection.name ? type : `${imports.module(target.file)}.${target.type}`
  }
  const pythonFields = fields.map((field): PythonField => {
    const relation = keyRelation(collection, field)
    const refersTo = relation && documentOf(relation.collection)
    return { ...pythonField(field, fieldNames.get(clientNameOf(field)) ?? '', type, types), refersTo }
  })
  const key = pythonFields.find(({ field }) => field.primary)
  if (key === undefined) throw new Error(`${collection.name} has no key`)
  return {
    ...{ collection, type, imports, types, key },
    fields: pythonFields,
    relations: relations.map((relation, i) => {
      const document = documentOf(relation.collection)
      return {
        relation,
        name: relationNames.get(wanted[i] ?? '') ?? '',
        type: relation.many ? `${imports.use('builtins', 'list')}[${document}]` : `${document} | None`,
      }
    }),
  }
}

function clientNameOf({ clientName, name }: Pick<ClientField | ClientRelation, 'name' | 'clientName'>): string {
  return clientName ?? name
}

/** The types of one collection, each after the name of a document. */
export function ownTypeNames(type: string, collection: ClientCollection): readonly string[] {
  const async = [`Async${type}Query`, `Async${type}Collection`]
  const auth = isUsers(collection) ? [`${type}Auth`, `${type}Profile`, `Async${type}Auth`] : []
  return [...TYPE_SUFFIXES.map((suffix) => type + suffix), ...async, ...auth]
}

const TYPE_SUFFIXES = [
  ...['', 'Create', 'Replace', 'Update', 'Filter', 'Fields', 'Query', 'Collection'],
  ...['Batch', 'BatchCreate', 'BatchReplace', 'BatchUpdate', 'BatchAssert'],
] as const

function pythonField(field: ClientField, name: string, document: string, types: NamedTypes): PythonField {
  const members = fieldTypes(field, document + pascalCase(field.name), types)
  return { field, name, members, ...fieldInputs(field, members, document + pascalCase(field.name), types) }
}

function fieldTypes(field: ClientField, name: string, types: NamedTypes): readonly string[] {
  const { imports } = types
  if (field.values !== undefined && field.type !== 'float')
    return [types.literal(name, [...new Set(field.values)].map(literalOf))]
  switch (field.type) {
    case 'uuid':
    case 'string':
    case 'text':
      return [imports.use('builtins', 'str')]
    case 'int':
      return [imports.use('builtins', 'int')]
    case 'float':
      return [imports.use('builtins', 'float')]
    case 'bool':
      return [imports.use('builtins', 'bool')]
    case 'timestamp':
      return [imports.use('datetime', 'datetime')]
    case 'date':
      return [imports.use('datetime', 'date')]
    case 'blob':
      return [imports.use('builtins', 'bytes')]
    case 'json':
      return field.json === undefined ? [imports.use('typing', 'Any')] : jsonTypes(field.json, name, types)
  }
}

type Inputs = Pick<PythonField, 'filter' | 'operators'>

const RUNTIME_FILTERS = {
  uuid: 'TextFilter',
  string: 'TextFilter',
  text: 'TextFilter',
  int: 'IntFilter',
  float: 'FloatFilter',
  bool: 'BoolFilter',
  timestamp: 'DatetimeFilter',
  date: 'DateFilter',
} as const

function fieldInputs(field: ClientField, members: readonly string[], name: string, types: NamedTypes): Inputs {
  const runtime = types.imports.runtime()
  const value = members.join(' | ')
  switch (field.type) {
    case 'json':
      return jsonInputs(members, name, types)
    case 'blob':
      return { filter: `${runtime}.BlobFilter`, operators: [] }
    case 'int':
    case 'float':
      return {
        filter: `${value} | ${runtime}.${RUNTIME_FILTERS[field.type]}`,
        operators: [`${runtime}.${field.type === 'int' ? 'IntIncrement' : 'FloatIncrement'}`],
      }
    default:
      if (field.values === undefined)
        return { filter: `${value} | ${runtime}.${RUNTIME_FILTERS[field.type]}`, operators: [] }
      return { filter: `${value} | ${equalityFilter(value, name, types)}`, operators: [] }
  }
}

/** Lists have filters and operators of their element; of other json the server knows more than a type can say. */
function jsonInputs(members: readonly string[], name: string, types: NamedTypes): Inputs {
  const [list = '', ...others] = members.filter((member) => member !== 'None')
  const element = others.length === 0 ? /^(?:list|_List)\[(.*)\]$/.exec(list)?.[1] : undefined
  if (element === undefined) return { filter: types.imports.use('builtins', 'object'), operators: [] }
  const own = equalityFilter(list, name, types, [`"$contains": ${element}`])
  return { filter: `${list} | ${own}`, operators: arrayOperators(element, name, types) }
}

function equalityFilter(
  value: string,
  name: string,
  { imports, add }: NamedTypes,
  more: readonly string[] = [],
): string {
  const sequence = imports.use('collections.abc', 'Sequence')
  const dict = imports.use('typing', 'TypedDict')
  return add(`${name}Filter`, (own) => {
    const items = [
      `"$eq": ${value} | None`,
      `"$ne": ${value} | None`,
      `"$in": ${sequence}[${value} | None]`,
      `"$nin": ${sequence}[${value} | None]`,
      ...more,
      `"$not": "${own}"`,
    ]
    return typedDict(own, items, dict, 'total=False')
  })
}

/** `own = TypedDict("own", {items}, more)` */
export function typedDict(own: string, items: readonly string[], dict: string, ...more: readonly string[]): string {
  const short = `${own} = ${dict}("${own}", {${items.join(', ')}}${more.map((one) => `, ${one}`).join('')})\n`
  if (short.length <= 89) return short
  const display = bracketed('{', items, '},', { indent: '    ', display: true })
  return `${own} = ${dict}(\n    "${own}",\n${display}${more.map((one) => `    ${one},\n`).join('')})\n`
}

function arrayOperators(element: string, name: string, { imports, add }: NamedTypes): readonly string[] {
  const dict = imports.use('typing', 'TypedDict')
  return ['push', 'pull'].map((operator) =>
    add(`${name}${pascalCase(operator)}`, (own) => typedDict(own, [`"$${operator}": ${element}`], dict)),
  )
}

/** With None where it may be null. */
export function valueType({ field, members }: PythonField): string {
  return (field.nullable ? orNone(members) : members).join(' | ')
}

export function field(name: string, type: string, value = ''): string {
  return annotated(name, type, { indent: '    ', value })
}

function pascalCase(name: string): string {
  return name
    .split('_')
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('')
}
