import { DOCUMENT_TYPE_SUFFIXES } from '@koyalite/schema'
import type { ClientFunction } from '../client-function'
import type { ClientCollection } from '../client-model'
import { type FunctionSignature, functionSignatures, signatureMembers } from './function-types'
import { namedTypes } from './json-types'
import { fits, propertyName, quoted } from './source-text'

/** What the index exports besides types of documents. */
const OWN_TYPES = ['KoyaliteFunctions', 'KoyaliteSchema', 'RenamedCollections']

/** The types of what clients call functions with, and what the client must know of them at run time. */
export function clientFunctionsFile(
  functions: readonly ClientFunction[],
  collections: readonly ClientCollection[],
): string {
  const taken = collections.flatMap(({ type }) => DOCUMENT_TYPE_SUFFIXES.map((suffix) => type + suffix))
  const types = namedTypes([...taken, ...OWN_TYPES])
  const signatures = functionSignatures(functions, { types, timestamps: true })
  const members = signatures.map((one) => ({ ...one, name: memberName(one.name) }))
  return [
    'import type * as client from "@koyalite/client";\n',
    ...types.declarations,
    `export interface KoyaliteFunctions {\n${signatureMembers(members, '\t')}}\n`,
    `export const functions: client.FunctionsMetadata<KoyaliteFunctions> = {\n${signatures.map(metadata).join('')}};\n`,
  ].join('\n')
}

/** `koya.fn.sendDigest`, where the name is none in a program. */
function memberName(name: string): string {
  return name.includes('-') ? name.replace(/[-_]+(\w?)/g, (_, next: string) => next.toUpperCase()) : name
}

function metadata({ name, timestamps }: FunctionSignature): string {
  const member = memberName(name)
  const paths = timestamps.map(quoted)
  const parts = [
    ...(member === name ? [] : [{ line: `name: ${quoted(name)}`, items: [] }]),
    ...(paths.length === 0 ? [] : [{ line: `timestamps: [${paths.join(', ')}]`, items: paths }]),
  ]
  const start = `\t${propertyName(member)}: {`
  if (parts.length === 0) return `${start}},\n`
  const line = `${start} ${parts.map((part) => part.line).join(', ')} },`
  if (fits(line)) return `${line}\n`
  const lines = parts.map((part) => {
    if (fits(`\t\t${part.line},`) || part.items.length === 0) return `\t\t${part.line},\n`
    return `\t\ttimestamps: [\n${part.items.map((item) => `\t\t\t${item},\n`).join('')}\t\t],\n`
  })
  return `${start}\n${lines.join('')}\t},\n`
}
