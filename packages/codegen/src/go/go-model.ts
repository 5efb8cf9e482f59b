import { goName, goTypeName, type Scope, scope } from '@koyalite/schema/go-names'
import type { ClientFunction } from '../client-function'
import { type ClientCollection, type ClientField, type ClientRelation, keyRelation } from '../client-model'
import { collectionHash } from '../schema-hash'
import { goFunctions } from './go-functions'
import { hasNil, IN_FIELDS, jsonType, RAW, type Structs } from './json-types'

/** A schema in the words of Go. */
export interface GoModel {
  readonly collections: readonly GoCollection[]
  readonly enums: readonly GoEnum[]
  readonly functions: readonly GoFunction[]
  /** Declarations of types of what functions take and return. */
  readonly functionStructs: readonly string[]
}

export interface GoFunction {
  readonly name: string
  /** `koya.Functions.Publish` */
  readonly member: string
  /** A type; null: it takes nothing. */
  readonly input: string | null
  readonly output: string
}

export interface GoCollection {
  readonly name: string
  readonly description?: string | undefined
  /** Of what clients see of it. */
  readonly hash: string
  /** `koya.Posts` */
  readonly member: string
  /** The type of one document: `Post`. */
  readonly type: string
  readonly file: string
  readonly key: GoField
  readonly fields: readonly GoField[]
  readonly relations: readonly GoRelation[]
  /** Of fields whose enum has no name of its own. */
  readonly enums: readonly GoEnum[]
  /** Declarations of types inside of json fields. */
  readonly structs: readonly string[]
}

export interface GoField {
  readonly source: ClientField
  readonly name: string
  /** Of its values that are not null. */
  readonly value: string
  /** Of the member of a document. */
  readonly inDocument: string
}

export interface GoRelation {
  readonly source: ClientRelation
  readonly name: string
  readonly target: string
  /** The name in the API of the field that has the key of the document; absent: it has another value of it, or there are many. */
  readonly keyField?: string | undefined
  /** The field in whose place the document is, and the field of the target that has the value. */
  readonly inPlaceOf?: { readonly field: GoField; readonly target: string } | undefined
}

export interface GoEnum {
  readonly type: string
  readonly base: 'string' | 'int64' | 'float64'
  readonly description: string
  readonly values: readonly { readonly name: string; readonly value: string | number }[]
}

/** What each document's type has beside it. */
const SUFFIXES = ['', 'Create', 'Update', 'Change', 'Fields', 'References', 'Expanded', 'Collection']

/** Members of every client, and of the types that generated code has members in. */
const CLIENT_MEMBERS = ['Auth', 'Batch', 'Close', 'Functions', 'Files', 'LastSeq', 'Request']
const DOCUMENT_MEMBERS = ['Expanded', 'Extra', 'MarshalJSON', 'UnmarshalJSON']
const EXPANDED_MEMBERS = ['Asked']

/** Files that are only built for a system, or for tests, by the end of their names. */
const SPECIAL_FILE =
  /_(?:test|aix|android|darwin|dragonfly|freebsd|hurd|illumos|ios|js|linux|nacl|netbsd|openbsd|plan9|solaris|wasip1|windows|zos|386|amd64|amd64p32|arm|armbe|arm64|arm64be|loong64|mips|mipsle|mips64|mips64le|mips64p32|mips64p32le|ppc|ppc64|ppc64le|riscv|riscv64|s390|s390x|sparc|sparc64|wasm)$/

export interface Taken {
  /** Names that the static part of the client declares. */
  readonly names: readonly string[]
  /** Its files, without `.go`. */
  readonly files: readonly string[]
}

export function goModel(
  {
    collections,
    functions,
  }: { readonly collections: readonly ClientCollection[]; readonly functions: readonly ClientFunction[] },
  taken: Taken,
): GoModel {
  const names = scope(taken.names)
  const members = scope(CLIENT_MEMBERS)
  const types = new Map(collections.map((collection) => [collection.name, documentType(collection, names)]))
  const enums = namedEnums(collections, names)
  const keys = new Map(collections.map(({ name, key }) => [name, key]))
  const goCollections = collections.map((collection) =>
    goCollection(collection, {
      ...{ names, types, enums, keys },
      member: members.take(goName(collection.clientName)),
      file: fileName(collection.name, taken.files),
    }),
  )
  // After all names of collections: a function changes none of them.
  return { enums: [...enums.values()], collections: goCollections, ...goFunctions(functions, names) }
}

function documentType({ type }: ClientCollection, names: Scope): string {
  const own = goTypeName(type)
  const isFree = (name: string) => SUFFIXES.every((suffix) => !names.isTaken(name + suffix))
  let free = isFree(own) ? own : `${own}Document`
  for (let n = 2; !isFree(free); n++) free = `${own}Document${n}`
  for (const suffix of SUFFIXES) names.take(free + suffix)
  return free
}

function fileName(collection: string, taken: readonly string[]): string {
  const isSpecial = SPECIAL_FILE.test(`_${collection}`) || taken.includes(collection)
  return `${collection}${isSpecial ? '_' : ''}.go`
}

function namedEnums(collections: readonly ClientCollection[], names: Scope): ReadonlyMap<string, GoEnum> {
  const found = new Map<string, ClientField>()
  for (const { fields } of collections)
    for (const field of fields) if (field.enumName !== undefined) found.set(field.enumName, field)
  return new Map(
    [...found].sort(byName).map(([name, field]) => {
      const own = goName(name)
      const type = names.take(names.isTaken(own) ? `${own}Enum` : own)
      return [name, goEnum(type, field, { names, description: `${type} is one of the values of the type ${name}.` })]
    }),
  )
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1
}

function goEnum(
  type: string,
  { values = [], type: fieldType }: ClientField,
  { names, description }: { readonly names: Scope; readonly description: string },
): GoEnum {
  const base = fieldType === 'int' ? 'int64' : fieldType === 'float' ? 'float64' : 'string'
  return {
    ...{ type, base, description },
    values: [...new Set(values)].map((value, i) => ({ name: names.take(type + valueName(value, i)), value })),
  }
}

function valueName(value: string | number, index: number): string {
  const name = goName(String(value).replace(/^-/, 'Minus '))
  return name !== '' ? name : value === '' ? 'Empty' : `Value${index + 1}`
}

interface Context {
  readonly names: Scope
  readonly types: ReadonlyMap<string, string>
  readonly enums: ReadonlyMap<string, GoEnum>
  /** The name of each collection's key. */
  readonly keys: ReadonlyMap<string, string>
  readonly member: string
  readonly file: string
}

function goCollection(collection: ClientCollection, context: Context): GoCollection {
  const { name, description, key: keyName } = collection
  const { names, types, member, file } = context
  const type = types.get(name) ?? ''
  const structs: Structs = { names, declarations: [], ...IN_FIELDS }
  const enums: GoEnum[] = []
  const members = scope(DOCUMENT_MEMBERS)
  const fields = collection.fields.map((source) => {
    const own = memberName(source.clientName ?? source.name, members)
    const value = valueType(source, type + own, { ...context, structs, enumsHere: enums })
    return { source, name: own, value, inDocument: documentTypeOf(source, value) }
  })
  const key = fields.find(({ source }) => source.name === keyName)
  if (key === undefined) throw new Error(`collection ${name} has no key`)
  const expanded = scope(EXPANDED_MEMBERS)
  const relations = collection.relations.map((source): GoRelation => {
    const field = source.many ? undefined : fields.find((one) => one.source.name === source.name)
    const target = source.field ?? context.keys.get(source.collection) ?? 'id'
    return {
      ...{ source, name: memberName(source.clientName ?? source.name, expanded) },
      target: types.get(source.collection) ?? '',
      keyField: fields.find((one) => keyRelation(collection, one.source) === source)?.source.name,
      inPlaceOf: field && { field, target },
    }
  })
  return {
    ...{ name, description, hash: collectionHash(collection), member, type, file, key, fields, relations, enums },
    structs: structs.declarations,
  }
}

/** A name that our own code needs gets another ending. */
function memberName(name: string, members: Scope): string {
  const own = goName(name)
  return members.take(members.isTaken(own) ? `${own}Field` : own)
}

function valueType(
  field: ClientField,
  name: string,
  context: Context & { readonly structs: Structs; readonly enumsHere: GoEnum[] },
): string {
  if (field.values !== undefined) {
    const named = field.enumName === undefined ? undefined : context.enums.get(field.enumName)
    if (named !== undefined) return named.type
    const type = context.names.take(name)
    const own = goEnum(type, field, { ...context, description: `${type} is one of the values of ${field.name}.` })
    context.enumsHere.push(own)
    return type
  }
  switch (field.type) {
    case 'uuid':
    case 'string':
    case 'text':
      return 'string'
    case 'int':
      return 'int64'
    case 'float':
      return 'float64'
    case 'bool':
      return 'bool'
    case 'timestamp':
      return 'time.Time'
    case 'date':
      return 'Date'
    case 'blob':
      return '[]byte'
    case 'json':
      return field.json === undefined ? RAW : jsonType(field.json, name, context.structs)
  }
}

function documentTypeOf({ nullable, mayBeAbsent }: ClientField, value: string): string {
  if (mayBeAbsent) return `Opt[${value}]`
  return nullable && !hasNil(value) ? `*${value}` : value
}
