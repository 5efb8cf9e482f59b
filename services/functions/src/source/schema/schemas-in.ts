import type { JsonValue } from '@koyalite/contracts'
import type { JsonSchema } from '@koyalite/schema'

/** Keywords of which each value is a schema. */
const MAPS: ReadonlySet<string> = new Set(['properties', 'patternProperties', 'dependentSchemas', '$defs'])
/** Keywords that hold values. */
const VALUES: ReadonlySet<string> = new Set(['const', 'enum', 'default', 'examples', 'required', 'dependentRequired'])

/** A JSON Schema and all schemas inside of it, without what its values look like. */
export function* schemasIn(schema: JsonValue): Generator<JsonSchema> {
  if (!isSchema(schema)) return
  yield schema
  for (const [keyword, value] of Object.entries(schema)) {
    if (VALUES.has(keyword)) continue
    if (MAPS.has(keyword) && isSchema(value)) for (const inner of Object.values(value)) yield* schemasIn(inner)
    else if (Array.isArray(value)) for (const inner of value) yield* schemasIn(inner)
    else yield* schemasIn(value)
  }
}

export function isSchema(value: JsonValue | undefined): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
