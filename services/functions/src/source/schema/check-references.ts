import type { JsonValue } from '@koyalite/contracts'
import type { JsonSchema } from '@koyalite/schema'
import { isSchema, schemasIn } from './schemas-in'

/** Schemas that are asked of one value at most, references followed: each value that is checked takes so much work. */
const MAX_PARTS = 10_000

/** Keywords whose schemas are asked of the same value. */
const SAME_VALUE = ['not', 'if', 'then', 'else'] as const
const SAME_VALUE_LISTS = ['allOf', 'anyOf', 'oneOf'] as const

/**
 * What is wrong with the references of a JSON Schema: one that leads nowhere, a schema that asks itself about the same value and so never comes to an
 * end, one that repeats its parts until a value takes seconds to check.
 */
export function referenceProblem(root: JsonSchema): string | undefined {
  const sizes = new Map<JsonSchema, number>()
  const open = new Set<JsonSchema>()
  const sizeOf = (schema: JsonSchema): number => {
    const known = sizes.get(schema)
    if (known !== undefined) return known
    if (open.has(schema)) throw new Wrong("'$ref' leads back to the same value: the schema would never come to an end")
    open.add(schema)
    const size = sameValueParts(schema, root).reduce((sum, part) => sum + sizeOf(part), 1)
    open.delete(schema)
    if (size > MAX_PARTS) throw new Wrong(`the schema has more than ${MAX_PARTS} parts for one value`)
    sizes.set(schema, size)
    return size
  }
  try {
    for (const schema of schemasIn(root)) sizeOf(schema)
    return undefined
  } catch (error) {
    if (error instanceof Wrong) return error.message
    throw error
  }
}

class Wrong extends Error {}

function sameValueParts(schema: JsonSchema, root: JsonSchema): readonly JsonSchema[] {
  const parts: JsonValue[] = SAME_VALUE.map((name) => schema[name] ?? null)
  for (const name of SAME_VALUE_LISTS) if (Array.isArray(schema[name])) parts.push(...schema[name])
  if (isSchema(schema.dependentSchemas)) parts.push(...Object.values(schema.dependentSchemas))
  if (typeof schema.$ref === 'string') parts.push(targetOf(schema.$ref, root))
  return parts.filter(isSchema)
}

function targetOf(reference: string, root: JsonSchema): JsonValue {
  let target: JsonValue | undefined = root
  for (const part of reference === '#' ? [] : reference.replace(/^#\//, '').split('/')) {
    const name = unescaped(part)
    target =
      typeof target === 'object' && target !== null && Object.hasOwn(target, name)
        ? (target as JsonSchema)[name]
        : undefined
  }
  const leadsTo = reference === '#' || reference.startsWith('#/') ? target : undefined
  if (leadsTo === undefined) throw new Wrong(`'$ref: ${reference.slice(0, 100)}' leads to nothing in the schema`)
  return leadsTo
}

function unescaped(part: string): string {
  try {
    return decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')
  } catch {
    return part
  }
}
