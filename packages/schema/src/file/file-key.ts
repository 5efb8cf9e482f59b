import type { JsonValue } from '../model'
import { NAME } from '../names'

/** A schema of JSON Schema, draft 7: what editors of YAML know. */
export type JsonSchema = Readonly<Record<string, JsonValue>>

/** One key of schema.yaml: the parser takes it, and editors are told of it. */
export interface FileKey {
  /** What it means, for somebody who is about to write it. */
  readonly about: string
  /** The form of its value. */
  readonly value: JsonSchema
}

export type FileKeys<Key extends string = string> = Readonly<Record<Key, FileKey>>

/** The keys, or the words, of a table: for the parser. */
export function keysOf<Key extends string>(table: Readonly<Record<Key, unknown>>): readonly Key[] {
  return Object.keys(table) as Key[]
}

/** A map that has these keys and no others. */
export function closedMap(keys: FileKeys, required: readonly string[] = []): JsonSchema {
  const properties = Object.entries(keys).map(([key, { about, value }]) => [key, { description: about, ...value }])
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  }
}

/** A map whose keys are names that the author chooses. */
export function mapOf(value: JsonSchema): JsonSchema {
  return { type: 'object', propertyNames: A_NAME, additionalProperties: value }
}

export function listOf(items: JsonSchema): JsonSchema {
  return { type: 'array', items }
}

/** One of a few words. @param words each with what it means */
export function oneOf(words: Readonly<Record<string, string>>): JsonSchema {
  return { anyOf: choices(words) }
}

/** Words with a meaning of their own, and anything else that fits `others`. */
export function wordsOr(words: Readonly<Record<string, string>>, others: JsonSchema): JsonSchema {
  return { anyOf: [...choices(words), others] }
}

function choices(words: Readonly<Record<string, string>>): readonly JsonSchema[] {
  return Object.entries(words).map(([word, description]) => ({ const: word, description }))
}

export const TEXT: JsonSchema = { type: 'string' }
export const FLAG: JsonSchema = { type: 'boolean' }
export const COUNT: JsonSchema = { type: 'integer', minimum: 0 }
export const A_NAME: JsonSchema = { type: 'string', pattern: NAME.source }
/** CEL; a bare `true` or `false` is an expression too. */
export const EXPRESSION: JsonSchema = { type: ['string', 'boolean'] }
