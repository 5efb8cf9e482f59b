import { DOCUMENT_TYPE_SUFFIXES } from '@koyalite/schema'
import type { ClientCollection } from '../client-model'
import { metadataName } from './collection-file'
import { broken, fits, quoted, typed } from './source-text'

/** All of it in one import, and the client that knows it. */
export function indexFile(
  collections: readonly ClientCollection[],
  fileName: (collection: ClientCollection) => string,
): string {
  const imports = collections.map((collection) =>
    names('import', [`type ${collection.type}Collection`, metadataName(collection)], fileName(collection)),
  )
  const exports = collections.map((collection) =>
    names(
      'export type',
      [...DOCUMENT_TYPE_SUFFIXES].sort().map((suffix) => collection.type + suffix),
      fileName(collection),
    ),
  )
  const schema = collections.map(({ name, type }) => typed(`\t${name}:`, [`${type}Collection`], '\t'))
  const metadata = collections.map((one) => `${broken(`\t\t${one.name}:`, `${metadataName(one)},`, '\t\t')}\n`)
  return [
    `import * as client from "@koyalite/client";\n${imports.join('')}`,
    exports.join(''),
    `export interface KoyaliteSchema {\n${schema.join('')}}\n`,
    `export const metadata: client.Metadata<KoyaliteSchema> = {\n\tcollections: {\n${metadata.join('')}\t},\n};\n`,
    ...createFunction(collections.filter(({ name, clientName }) => clientName !== name)),
  ].join('\n')
}

/** The client, with the collections that have another name in it. */
function createFunction(renamed: readonly ClientCollection[]): readonly string[] {
  if (renamed.length === 0) return [CREATE]
  const members = renamed.map(({ name, clientName }) => {
    const start = `\treadonly ${clientName}: client.LiveCollection<`
    const line = `${start}KoyaliteSchema, ${quoted(name)}>;`
    return fits(line) ? `${line}\n` : `${start}\n\t\tKoyaliteSchema,\n\t\t${quoted(name)}\n\t>;\n`
  })
  const values = renamed.map(({ name, clientName }) => {
    const start = `\t\t${clientName}: koya.collection(`
    const line = `${start}${quoted(name)}),`
    return fits(line) ? `${line}\n` : `${start}\n\t\t\t${quoted(name)},\n\t\t),\n`
  })
  return [
    `export interface RenamedCollections {\n${members.join('')}}\n`,
    `export function createKoyalite(
\toptions: client.KoyaliteOptions,
): client.Koyalite<KoyaliteSchema> & RenamedCollections {
\tconst koya = client.createKoyalite(metadata, options);
\treturn Object.assign(koya, {
${values.join('')}\t});
}
`,
  ]
}

const CREATE = `export function createKoyalite(
	options: client.KoyaliteOptions,
): client.Koyalite<KoyaliteSchema> {
	return client.createKoyalite(metadata, options);
}
`

function names(keyword: string, imported: readonly string[], file: string): string {
  const line = `${keyword} { ${imported.join(', ')} } from "./${file}";`
  return fits(line)
    ? `${line}\n`
    : `${keyword} {\n${imported.map((name) => `\t${name},\n`).join('')}} from "./${file}";\n`
}
