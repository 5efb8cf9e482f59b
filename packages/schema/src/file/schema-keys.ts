import { TYPES } from './field-keys'
import { A_NAME, closedMap, EXPRESSION, type FileKeys, listOf, mapOf, oneOf, TEXT } from './file-key'

export const TYPE_KEYS = {
  enum: {
    about: 'Its values, in order',
    value: { ...listOf({ type: 'string', minLength: 1 }), minItems: 1, uniqueItems: true },
  },
  base: { about: 'The built-in type of its values, where hooks validate them', value: oneOf(TYPES) },
  validate: { about: 'The name of the validator, which hooks supply', value: A_NAME },
} satisfies FileKeys

export const ROLE_KEYS = {
  inherits: { about: 'Other roles whose permissions it has too', value: listOf(TEXT) },
  permissions: {
    about: 'What `auth.can()` finds: words like comments:delete, or "*" for all',
    value: listOf({ type: 'string', pattern: '^\\S+$' }),
  },
} satisfies FileKeys

/** A map, or nothing yet. */
function orNothing(map: FileKeys[string]['value']): FileKeys[string]['value'] {
  return { ...map, type: ['object', 'null'] }
}

export const SCHEMA_KEYS = {
  version: { about: 'The version of this format: 1', value: { const: 1 } },
  types: {
    about: 'Types by name, for fields that share them: enums, and types whose values hooks validate',
    value: mapOf({ ...closedMap(TYPE_KEYS), minProperties: 1 }),
  },
  roles: { about: 'Roles of the application, with their permissions', value: mapOf(closedMap(ROLE_KEYS)) },
  definitions: {
    about: 'Parts of rules by name and parameters: "is_member(workspace)"',
    value: orNothing({ additionalProperties: EXPRESSION }),
  },
  collections: {
    about: 'What documents there are',
    value: orNothing(mapOf({ $ref: '#/definitions/collection' })),
  },
} satisfies FileKeys
