export { generateClients } from './generate-clients'
export { compareGenerated, hasGenerated, writeGenerated } from './generated-folder'
export { isLanguage, LANGUAGES, type Language, type LanguageOptions } from './languages'
export { schemaHash } from './schema-hash'
