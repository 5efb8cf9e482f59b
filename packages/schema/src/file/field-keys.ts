import type { FieldType } from '../model'
import { A_NAME, COUNT, closedMap, EXPRESSION, type FileKeys, FLAG, listOf, oneOf, TEXT, wordsOr } from './file-key'

export const TYPES = {
  uuid: 'An id of 128 bits; `default: auto` makes one that sorts by time',
  string: 'A line of text',
  text: 'Text of any length',
  int: 'A whole number, at most ±(2^53 − 1)',
  float: 'A number',
  bool: 'true or false',
  timestamp: 'A moment, in UTC',
  date: 'A day of the calendar',
  json: 'Any structure',
  blob: 'Bytes, in JSON as base64',
} as const satisfies Readonly<Record<FieldType, string>>

export const ON_DELETE = {
  cascade: 'Delete this document too',
  'set null': 'Set this field to null',
  restrict: 'Refuse that (the default)',
} as const

export const FORMATS = {
  email: 'An email address',
  url: 'An http or https address',
  uuid: 'An id of 128 bits',
} as const

const NUMBER_OR_DATE = { type: ['number', 'string'] } as const

/** May also stand under `validate`. */
export const VALIDATION_KEYS = {
  minLength: { about: 'At least so many characters', value: COUNT },
  maxLength: { about: 'At most so many characters', value: COUNT },
  min: { about: 'The least number or the first date', value: NUMBER_OR_DATE },
  max: { about: 'The greatest number or the last date', value: NUMBER_OR_DATE },
  format: { about: 'The form of a text', value: oneOf(FORMATS) },
  pattern: { about: 'A regular expression that the text has to match', value: TEXT },
  enum: {
    about: 'The only values that it may have',
    value: { ...listOf({ type: ['string', 'number'] }), minItems: 1, uniqueItems: true },
  },
} satisfies FileKeys
export type ValidationKey = keyof typeof VALIDATION_KEYS

export const CLIENTS_KEYS = {
  name: { about: 'What generated clients call it', value: A_NAME },
} satisfies FileKeys

export const CLIENTS = {
  about: 'What is different in generated clients',
  value: closedMap(CLIENTS_KEYS),
} satisfies FileKeys[string]

export const FIELD_KEYS = {
  type: { about: 'What it holds: a built-in type, or one of `types`', value: wordsOr(TYPES, A_NAME) },
  primary: { about: 'Whether it is the key of the collection', value: FLAG },
  unique: { about: 'Whether no two documents may have the same value', value: FLAG },
  nullable: { about: 'Whether it may be null', value: FLAG },
  index: { about: 'Whether lists find documents by it quickly', value: FLAG },
  default: {
    about: 'The value of new documents that do not say another',
    value: wordsOr(
      {
        auto: 'A new id, or the next number; of keys',
        now: 'The moment of the write; of timestamps',
        today: 'The day of the write in UTC; of dates',
        'auth.id': 'The id of the user who makes the document',
      },
      {},
    ),
  },
  references: {
    about: 'The field of another collection that its values are of: `users.id`',
    value: { type: 'string', pattern: '^[^.]+\\.[^.]+$' },
  },
  onDelete: { about: 'What happens when the document that it refers to is deleted', value: oneOf(ON_DELETE) },
  onUpdate: { about: 'What each update sets it to', value: oneOf({ now: 'The moment of the update' }) },
  internal: { about: 'Whether it never leaves the server', value: FLAG },
  description: { about: 'What it is for; clients and the API reference show it', value: TEXT },
  read: { about: 'Who sees it, in CEL; without it, everybody who reads the document', value: EXPRESSION },
  write: { about: 'Who may write it, in CEL; without it, everybody who writes the document', value: EXPRESSION },
  schema: {
    about: 'The JSON Schema of a json field',
    value: { $ref: '#/definitions/json_schema' },
  },
  column: {
    about: 'The column of its table, where that is not its name',
    value: { type: 'string', minLength: 1, maxLength: 255 },
  },
  clients: CLIENTS,
  validate: { about: 'What values have to fulfil, in a map of its own', value: closedMap(VALIDATION_KEYS) },
  ...VALIDATION_KEYS,
} satisfies FileKeys
