import type { SqlValue } from '@koyalite/contracts'
import type { Field, JsonValue } from '@koyalite/schema'
import type { DeferredSql } from './deferred-sql'
import { constant } from './sql-fragment'

/**
 * A column as conditions and rules see it. The value of a json column is JSON, whatever wrote it: invalid JSON is the JSON string that its document shows, so
 * that the functions of SQLite, which fail for anything else, never do.
 */
export function readColumn(field: Field, column: DeferredSql): DeferredSql {
  return field.type === 'json' ? constant(jsonColumn(column.text)) : column
}

/** The same for the text of an expression that is a json column. */
export function jsonColumn(column: string): string {
  return `CASE json_valid(${column}) WHEN 0 THEN json_quote(koyalite_shown(${column})) ELSE ${column} END`
}

/** The value of a json column in memory: as `jsonColumn` in SQL. @param parse reads its text; throws where that is no JSON */
export function jsonOfColumn(value: SqlValue, parse: (text: string) => JsonValue = JSON.parse): JsonValue {
  if (value === null || typeof value === 'number') return value
  const text = value instanceof Uint8Array ? new TextDecoder().decode(value) : String(value)
  try {
    return parse(text)
  } catch {
    return value instanceof Uint8Array ? value.toBase64() : text
  }
}
