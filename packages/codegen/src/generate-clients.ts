import type { Schema } from '@koyalite/schema'
import { calledByClients, type ProjectFunctions } from './client-function'
import { clientModel } from './client-model'
import { type Language, type LanguageOptions, languageFiles } from './languages'
import { collectionHash, functionHash } from './schema-hash'
import { FUNCTIONS_FILE, functionsFile } from './typescript/functions-file'

/** Changes where the same schema gives other files. */
const GENERATOR = 2

/**
 * What a folder of generated clients has to hold: texts by path. The same schema gives the same, byte for byte.
 * @param functions those of the project; null where it has none
 */
export function generateClients(
  schema: Schema,
  languages: readonly Language[],
  options: LanguageOptions = {},
  functions: ProjectFunctions | null = null,
): ReadonlyMap<string, string> {
  const collections = clientModel(schema)
  const called = calledByClients(functions?.all ?? [])
  const files = new Map<string, string>()
  for (const language of languages)
    for (const [path, text] of languageFiles(language, collections, options, called)) files.set(path, text)
  if (functions?.areHere === true && languages.includes('typescript'))
    files.set(FUNCTIONS_FILE, functionsFile(functions, options.typescript?.extension))
  const parts = [
    `\t"generator": ${GENERATOR}`,
    hashes('collections', collections, collectionHash),
    ...(called.length === 0 ? [] : [hashes('functions', called, functionHash)]),
  ]
  files.set('.koyalite.json', `{\n${parts.join(',\n\n')}\n}\n`)
  return files
}

/** With empty lines, so that branches that change neighbours merge. */
function hashes<T extends { readonly name: string }>(
  part: string,
  all: readonly T[],
  hashOf: (one: T) => string,
): string {
  const lines = all.map((one) => `\t\t"${one.name}": "${hashOf(one)}"`)
  return `\t"${part}": {\n${lines.join(',\n\n')}\n\t}`
}
