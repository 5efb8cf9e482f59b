import { DOCUMENT_TYPE_SUFFIXES } from '@koyalite/schema'
import type { ClientCollection } from '../client-model'
import { metadataName } from './collection-file'
import { broken, fits, quoted, typed } from './source-text'

/**
 * All of it in one import, and the client that knows it.
 * @param functions where the functions are; null where there are none
 */
export function indexFile(
  collections: readonly ClientCollection[],
  fileName: (collection: ClientCollection) => string,
  functions: string | null,
): string {
  const imports = [
    ...collections.map((collection) => ({
      names: [`type ${collection.type}Collection`, metadataName(collection)],
      file: fileName(collection),
    })),
    ...(functions === null ? [] : [{ names: ['functions', 'type KoyaliteFunctions'], file: functions }]),
  ]
  const exports = collections.map((collection) =>
    names(
      'export type',
      [...DOCUMENT_TYPE_SUFFIXES].sort().map((suffix) => collection.type + suffix),
      fileName(collection),
    ),
  )
  const ofFunctions = functions === null ? '' : `export * from "./${functions}";\n`
  const schema = collections.map(({ name, type }) => typed(`\t${name}:`, [`${type}Collection`], '\t'))
  const metadata = collections.map((one) => `${broken(`\t\t${one.name}:`, `${metadataName(one)},`, '\t\t')}\n`)
  const renamed = collections.filter(({ name, clientName }) => clientName !== name)
  return [
    `import * as client from "@koyalite/client";\n${imports.map((one) => names('import', one.names, one.file)).join('')}`,
    exports.join('') + ofFunctions,
    `export interface KoyaliteSchema {\n${schema.join('')}}\n`,
    `export const metadata: client.Metadata<KoyaliteSchema> = {\n\tcollections: {\n${metadata.join('')}\t},\n};\n`,
    ...(renamed.length === 0 ? [] : [renamedType(renamed)]),
    createFunction(renamed, functions !== null),
  ].join('\n')
}

/** The collections that have another name in the client. */
function renamedType(renamed: readonly ClientCollection[]): string {
  const members = renamed.map(({ name, clientName }) => {
    const start = `\treadonly ${clientName}: client.LiveCollection<`
    const line = `${start}KoyaliteSchema, ${quoted(name)}>;`
    return fits(line) ? `${line}\n` : `${start}\n\t\tKoyaliteSchema,\n\t\t${quoted(name)}\n\t>;\n`
  })
  return `export interface RenamedCollections {\n${members.join('')}}\n`
}

/** The client, with those collections, and with functions. */
function createFunction(renamed: readonly ClientCollection[], hasFunctions: boolean): string {
  const types = [
    'client.Koyalite<KoyaliteSchema>',
    ...(renamed.length === 0 ? [] : ['RenamedCollections']),
    ...(hasFunctions ? ['client.WithFunctions<KoyaliteFunctions>'] : []),
  ]
  const start = 'export function createKoyalite(\n\toptions: client.KoyaliteOptions,\n): '
  const type = types.join(' & ')
  const head = fits(`): ${type} {`) ? `${start}${type} {` : `${start}${types.join(' &\n\t')} {`
  const made = hasFunctions
    ? 'client.withFunctions(\n\t\tclient.createKoyalite(metadata, options),\n\t\tfunctions,\n\t)'
    : 'client.createKoyalite(metadata, options)'
  if (renamed.length === 0) return `${head}\n\treturn ${made};\n}\n`
  const values = renamed.map(({ name, clientName }) => {
    const start = `\t\t${clientName}: koya.collection(`
    const line = `${start}${quoted(name)}),`
    return fits(line) ? `${line}\n` : `${start}\n\t\t\t${quoted(name)},\n\t\t),\n`
  })
  return `${head}
\tconst koya = ${made};
\treturn Object.assign(koya, {
${values.join('')}\t});
}
`
}

function names(keyword: string, imported: readonly string[], file: string): string {
  const line = `${keyword} { ${imported.join(', ')} } from "./${file}";`
  return fits(line)
    ? `${line}\n`
    : `${keyword} {\n${imported.map((name) => `\t${name},\n`).join('')}} from "./${file}";\n`
}
