import type { Schema } from '@koyalite/schema'
import { clientModel } from './client-model'
import { type Language, type LanguageOptions, languageFiles } from './languages'
import { collectionHash } from './schema-hash'

/** Changes where the same schema gives other files. */
const GENERATOR = 2

/** What a folder of generated clients has to hold: texts by path. The same schema gives the same, byte for byte. */
export function generateClients(
  schema: Schema,
  languages: readonly Language[],
  options: LanguageOptions = {},
): ReadonlyMap<string, string> {
  const collections = clientModel(schema)
  const files = new Map<string, string>()
  for (const language of languages)
    for (const [path, text] of languageFiles(language, collections, options)) files.set(path, text)
  // Empty lines, so that branches that change neighbours merge.
  const hashes = collections.map((collection) => `\t\t"${collection.name}": "${collectionHash(collection)}"`)
  files.set(
    '.koyalite.json',
    `{\n\t"generator": ${GENERATOR},\n\n\t"collections": {\n${hashes.join(',\n\n')}\n\t}\n}\n`,
  )
  return files
}
