import { DOCUMENT_TYPE_SUFFIXES } from '@koyalite/schema'
import type { ClientCollection } from '../client-model'
import { metadataName } from './collection-file'
import { broken, fits, typed } from './source-text'

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
  const byClientName = [...collections].sort((a, b) => (a.clientName < b.clientName ? -1 : 1))
  return [
    `import * as client from "@koyalite/client";\n${imports.join('')}`,
    exports.join(''),
    `export interface KoyaliteSchema {\n${byClientName
      .map(({ clientName, type }) => typed(`\t${clientName}:`, [`${type}Collection`], '\t'))
      .join('')}}\n`,
    `export const metadata: client.Metadata<KoyaliteSchema> = {\n\tcollections: {\n${byClientName
      .map((collection) => `${broken(`\t\t${collection.clientName}:`, `${metadataName(collection)},`, '\t\t')}\n`)
      .join('')}\t},\n};\n`,
    CREATE,
  ].join('\n')
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
