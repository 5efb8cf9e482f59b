import { DOCUMENT_TYPE_SUFFIXES } from '@koyalite/schema'
import { collectionMetadata } from '../client-metadata'
import type { ClientCollection, ClientField, ClientRelation } from '../client-model'
import { elementType, jsonTypes, literal, MAX_INLINE, type NamedTypes, namedTypes, withMember } from './json-types'
import { broken, comment, fits, quoted, typed } from './source-text'

/** Types, and what the client must know at run time, of one collection. */
export function collectionFile(collection: ClientCollection): string {
  const { type, fields } = collection
  const types = namedTypes(DOCUMENT_TYPE_SUFFIXES.map((suffix) => type + suffix))
  const members = new Map(fields.map((field) => [field.name, fieldTypes(field, type, types)]))
  const of = (field: ClientField) => members.get(field.name) ?? []
  return [
    'import type * as koyalite from "@koyalite/client";\n',
    comment(collection.description) +
      declaration(`export interface ${type}`, fields, (field) =>
        property(field, { optional: field.mayBeAbsent, members: of(field) }),
      ),
    declaration(`export interface ${type}Create`, fields, (field) =>
      property(field, { optional: !field.required, members: givenTypes(field, of(field)) }),
    ),
    declaration(
      `export interface ${type}Update`,
      fields.filter((field) => !field.primary),
      (field) => property(field, { optional: true, members: patchTypes(field, of(field)) }),
    ),
    `${broken(`export type ${type}Fields =`, `keyof ${type};`)}\n`,
    collectionTypes(collection),
    ...types.declarations,
    metadata(collection),
  ].join('\n')
}

/** `postMetadata` */
export function metadataName({ type }: ClientCollection): string {
  return `${type.slice(0, 1).toLowerCase()}${type.slice(1)}Metadata`
}

function declaration(start: string, fields: readonly ClientField[], print: (field: ClientField) => string): string {
  if (fields.length === 0) return `${start.replace('interface', 'type')} = Record<never, never>;\n`
  return `${start} {\n${fields.map(print).join('')}}\n`
}

function property(
  field: ClientField,
  { optional, members }: { readonly optional: boolean; readonly members: readonly string[] },
): string {
  return comment(field.description, '\t') + typed(`\t${nameOf(field)}${optional ? '?' : ''}:`, members, '\t')
}

/** Values in documents. */
function fieldTypes(field: ClientField, document: string, types: NamedTypes): readonly string[] {
  const members = notNullTypes(field, document, types)
  return field.nullable ? withMember(members, 'null') : members
}

function notNullTypes(field: ClientField, document: string, types: NamedTypes): readonly string[] {
  if (field.values !== undefined) return enumTypes(field.values, document + pascalCase(nameOf(field)), types)
  switch (field.type) {
    case 'uuid':
    case 'string':
    case 'text':
    case 'date':
      return ['string']
    case 'int':
    case 'float':
      return ['number']
    case 'bool':
      return ['boolean']
    case 'timestamp':
      return ['Date']
    case 'blob':
      return ['Uint8Array']
    case 'json':
      return field.json === undefined ? ['unknown'] : jsonTypes(field.json, document + pascalCase(nameOf(field)), types)
  }
}

/** Many values have a type of their own, so that they stand there once. */
function enumTypes(values: readonly (string | number)[], name: string, types: NamedTypes): readonly string[] {
  const members = [...new Set(values)].map(literal)
  return members.join(' | ').length <= MAX_INLINE ? members : [types.union(name, members)]
}

/** Of new documents: what may be left out may be undefined too. */
function givenTypes(field: ClientField, members: readonly string[]): readonly string[] {
  return field.required ? members : withMember(members, 'undefined')
}

function patchTypes(field: ClientField, members: readonly string[]): readonly string[] {
  return withMember([...members, ...operators(field, members)], 'undefined')
}

function operators({ type }: ClientField, members: readonly string[]): readonly string[] {
  if (type === 'int' || type === 'float') return ['koyalite.Increment']
  const element = type === 'json' ? elementType(members) : undefined
  if (element === undefined) return []
  const bare = element.replace(/^\((.*)\)$/, '$1')
  return [`koyalite.Push<${bare}>`, `koyalite.Pull<${bare}>`]
}

function collectionTypes({ type, key, fields, relations }: ClientCollection): string {
  const lines = [
    `\tdoc: ${type};`,
    `\tcreate: ${type}Create;`,
    `\tupdate: ${type}Update;`,
    `\tkey: ${quoted(clientKey(key, fields))};`,
    relations.length === 0
      ? '\trelations: Record<never, never>;'
      : `\trelations: {\n${relations.map((relation) => `\t\t${nameOf(relation)}: ${relationType(relation)};\n`).join('')}\t};`,
  ]
  return `${broken(`export interface ${type}Collection`, 'extends koyalite.CollectionTypes {')}\n${lines.join('\n')}\n}\n`
}

function relationType({ many, collection }: ClientRelation): string {
  return `koyalite.${many ? 'ToMany' : 'ToOne'}<${quoted(collection)}>`
}

function metadata(collection: ClientCollection): string {
  const { hash, key, fields = {}, relations = {}, names = {} } = collectionMetadata(collection)
  const parts = [
    `\thash: ${quoted(hash)},\n`,
    key === undefined ? '' : `\tkey: ${quoted(key)},\n`,
    ...Object.entries({ fields, relations, names }).map(([name, entries]) => record(name, Object.entries(entries))),
  ]
  const start = `export const ${metadataName(collection)}: koyalite.CollectionMetadata =`
  const value = `{\n${parts.join('')}};\n`
  return fits(`${start} {`) ? `${start} ${value}` : `${start}\n${value.replace(/^(?=.)/gm, '\t')}`
}

/** In clients. */
function nameOf({ name, clientName }: ClientField | ClientRelation): string {
  return clientName ?? name
}

function clientKey(key: string, fields: readonly ClientField[]): string {
  return fields.find(({ name }) => name === key)?.clientName ?? key
}

function record(name: string, entries: Iterable<readonly [string, string]>): string {
  const lines = Array.from(entries, ([key, value]) => `\t\t${key}: ${quoted(value)},\n`)
  return lines.length === 0 ? '' : `\t${name}: {\n${lines.join('')}\t},\n`
}

function pascalCase(name: string): string {
  return name
    .split('_')
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('')
}
