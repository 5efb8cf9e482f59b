import type { SqlValue } from '@koyalite/contracts'
import { jsonOfColumn, toStored } from '@koyalite/query'
import type { Collection, Field, JsonValue, Schema } from '@koyalite/schema'
import { createDocumentValidator, type DocumentValidator } from '@koyalite/schema/document-validator'
import type { SqlConsole } from '@koyalite/sqlite'
import { changedRows, storedRow } from '../store/logged-changes'

const NAMED = 5

/**
 * What SQL has written that the schema does not allow, one line each, the first ones. SQLite knows the types, null, unique and references; lengths,
 * patterns, enums and the form of timestamps are the server's. Of an update only the fields that it has changed are looked at.
 */
export function invalidDocuments(console: SqlConsole, { collections }: Schema, after: number): readonly string[] {
  const lines: string[] = []
  for (const collection of collections.values()) {
    const fields = [...collection.fields.values()]
    const validator = createDocumentValidator(collection)
    for (const { key, changed } of changedRows(console, collection.name, after)) {
      const row = storedRow(console, collection, key)
      if (row === undefined) continue
      const looked = fields.flatMap((field, index) => {
        const value = row[index] as SqlValue
        return value !== null && (changed === null || changed.includes(field.column)) ? [{ field, value }] : []
      })
      const found = faultOf(collection, validator, looked)
      if (found === null) continue
      lines.push(`${collection.name} ${JSON.stringify(key)}: ${found}`)
      if (lines.length === NAMED) return lines
    }
  }
  return lines
}

interface StoredField {
  readonly field: Field
  readonly value: SqlValue
}

function faultOf({ untyped }: Collection, validator: DocumentValidator, stored: readonly StoredField[]): string | null {
  const values = Object.fromEntries(stored.map(({ field, value }) => [field.name, toJson(field, value)]))
  const [violation] = validator.violations('update', values)
  if (violation !== undefined) return violation.message
  // In the table of another program values have the form that the program gives them.
  if (untyped) return null
  const odd = stored.find(({ field, value }) => !isInForm(field, value, values[field.name] as JsonValue))
  return odd === undefined ? null : `${odd.field.name} must be written as ${FORMS[odd.field.type] ?? odd.field.type}`
}

const FORMS: Readonly<Record<string, string>> = {
  timestamp: '2026-01-31T09:30:00.000Z',
  uuid: 'a UUID in lower case',
  json: 'JSON',
}

/** As a document has it. */
function toJson(field: Field, value: SqlValue): JsonValue {
  switch (field.type) {
    case 'bool':
      return value === 1 || value === 0 ? value === 1 : String(value)
    case 'json':
      return jsonOfColumn(value) as JsonValue
    case 'blob':
      return value instanceof Uint8Array ? value.toBase64() : String(value)
    default:
      return typeof value === 'number' ? value : String(value)
  }
}

/** Filters and sorts compare what is stored: another way to write the same value would not be found. */
function isInForm(field: Field, value: SqlValue, json: JsonValue): boolean {
  switch (field.type) {
    case 'timestamp':
    case 'uuid':
      return toStored(field, json) === value
    case 'json':
      return typeof value === 'number' || (typeof value === 'string' && isJson(value))
    default:
      return true
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
