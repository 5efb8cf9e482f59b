import type { Operation } from '../model'
import { CLIENTS } from './field-keys'
import { A_NAME, closedMap, EXPRESSION, type FileKeys, FLAG, listOf, mapOf, oneOf, TEXT } from './file-key'

const OPERATION = oneOf({
  create: 'Creating a document',
  read: 'Reading one, alone or in a list',
  update: 'Changing one',
  delete: 'Deleting one',
} satisfies Readonly<Record<Operation, string>>)

export const RULE_KEYS = {
  create: { about: 'Who may create a document, in CEL', value: EXPRESSION },
  read: { about: 'Who sees a document, in CEL', value: EXPRESSION },
  update: { about: 'Who may change a document, in CEL', value: EXPRESSION },
  delete: { about: 'Who may delete a document, in CEL', value: EXPRESSION },
} satisfies FileKeys<Operation>

export const EFFECTS = {
  permit: 'One of these has to hold (the default)',
  restrict: 'All of these have to hold',
} as const

export const POLICY_KEYS = {
  name: { about: 'By which explanations name it', value: A_NAME },
  on: { about: 'What it is about', value: { anyOf: [OPERATION, { ...listOf(OPERATION), minItems: 1 }] } },
  effect: { about: 'How it counts beside other policies', value: oneOf(EFFECTS) },
  using: { about: 'What has to hold for the stored document, in CEL', value: EXPRESSION },
  check: { about: 'What has to hold for the resulting document, in CEL', value: EXPRESSION },
} satisfies FileKeys

export const ORDERS = { asc: 'The least first (the default)', desc: 'The greatest first' } as const

export const INDEX_KEYS = {
  name: { about: 'What it is called in the database', value: A_NAME },
  fields: { about: 'The fields, in order', value: { ...listOf({}), minItems: 1, uniqueItems: true } },
  order: { about: 'The order of its entries', value: oneOf(ORDERS) },
  unique: { about: 'Whether no two documents may have the same values of all its fields', value: FLAG },
} satisfies FileKeys

export const COLLECTION_KEYS = {
  description: { about: 'What it holds; clients and the API reference show it', value: TEXT },
  singular: { about: 'What clients and the API reference call one document', value: A_NAME },
  clients: CLIENTS,
  fields: { about: 'What its documents have', value: mapOf({ $ref: '#/definitions/field' }) },
  indexes: { about: 'Indexes over several fields', value: listOf(closedMap(INDEX_KEYS, ['name', 'fields'])) },
  rules: { about: 'Who may do what; without a rule nobody may', value: closedMap(RULE_KEYS) },
  policies: {
    about: 'Rules with names, several for an operation',
    value: listOf(closedMap(POLICY_KEYS, ['name', 'on'])),
  },
  audit: { about: 'Whether each read and write of a document is in the audit log', value: FLAG },
  table: {
    about: 'Its table in the database, where that is not its name',
    value: { type: 'string', minLength: 1, maxLength: 255 },
  },
} satisfies FileKeys
