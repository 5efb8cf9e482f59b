export { generateClients, isLanguage, LANGUAGES, type Language } from './generate-clients'
export { compareGenerated, hasGenerated, writeGenerated } from './generated-folder'
export { schemaHash } from './schema-hash'
