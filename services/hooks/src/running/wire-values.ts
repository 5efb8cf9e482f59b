import type { HookValues, JsonValue } from '@koyalite/contracts'
import { HookFailed } from './hook-errors'

/** A copy that code may change. */
export function copied(values: HookValues): Record<string, JsonValue> {
  return structuredClone(values) as Record<string, JsonValue>
}

/** What a hook made of values, as JSON: dates are texts, `undefined` is left out. @throws HookFailed */
export function wireValues(made: unknown, place: string): HookValues {
  const json = wireOf(made, place)
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new HookFailed(
      `${place} returned ${made === null ? 'null' : `a ${typeof made}`}: it returns the values of the document, or nothing`,
    )
  return json as HookValues
}

/** @throws HookFailed where it cannot be JSON */
export function wireOf(value: unknown, place: string): JsonValue {
  let text: string | undefined
  try {
    text = JSON.stringify(value)
  } catch (cause) {
    throw new HookFailed(`${place} made what cannot be JSON`, { cause })
  }
  if (text !== undefined && text.length > MAX_CHARS)
    throw new HookFailed(`${place} made a value of ${text.length} characters of JSON; at most ${MAX_CHARS} are written`)
  return text === undefined ? null : (JSON.parse(text) as JsonValue)
}

/** The writer is held meanwhile. More than any request may send by default. */
const MAX_CHARS = 16 * 1024 * 1024
