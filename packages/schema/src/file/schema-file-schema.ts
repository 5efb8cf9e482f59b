import { jsonSchemaSchema } from '../json-schema-keywords'
import { COLLECTION_KEYS } from './collection-keys'
import { FIELD_KEYS } from './field-keys'
import { closedMap, type JsonSchema } from './file-key'
import { SCHEMA_KEYS } from './schema-keys'

/**
 * The form of schema.yaml as a JSON Schema (draft 7), for editors: its keys and what they mean, from the tables that the parser reads. It
 * never refuses what the parser takes; what depends on other parts of the file is the parser's to say.
 */
export function schemaFileSchema(): JsonSchema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'schema.yaml of KoyaLite',
    ...closedMap(SCHEMA_KEYS, ['version']),
    definitions: {
      collection: closedMap(COLLECTION_KEYS),
      field: closedMap(FIELD_KEYS, ['type']),
      json_schema: jsonSchemaSchema(),
    },
  }
}
