import type { JsonSchema, JsonValue } from '@koyalite/schema'

const OWN_ID = /^koyalite:[^/]+\/([^/]+)\//

/**
 * Moves authors' schemas of json fields that refer into themselves to components of their own, where their references are
 * rewritten to lead: many tools resolve `#/…` from the root of the document, whatever `$id` says.
 * @param into gets the components, named `posts.meta.schema`
 */
export function embedReferences(object: JsonSchema, collection: string, into: Record<string, JsonSchema>): JsonSchema {
  const visit = (value: JsonValue): JsonValue => {
    if (Array.isArray(value)) return value.map(visit)
    if (!isObject(value)) return value
    const [, field] = OWN_ID.exec(typeof value.$id === 'string' ? value.$id : '') ?? []
    if (field === undefined) return mapValues(value, visit)
    const name = `${collection}.${field}.schema`
    const { $id: _, ...own } = value
    into[name] = withoutOuterReference(rebased(own, `#/components/schemas/${name}`) as JsonSchema)
    return { $ref: `#/components/schemas/${name}` }
  }
  return visit(object) as JsonSchema
}

/** Some tools read an object with `$ref` as nothing but a reference, and then miss the definitions beside it. */
function withoutOuterReference({ $ref, ...rest }: JsonSchema): JsonSchema {
  return $ref === undefined ? rest : { ...rest, allOf: [...((rest.allOf ?? []) as readonly JsonValue[]), { $ref }] }
}

function rebased(value: JsonValue, root: string): JsonValue {
  if (Array.isArray(value)) return value.map((item: JsonValue) => rebased(item, root))
  if (!isObject(value)) return value
  const copy = mapValues(value, (inner) => rebased(inner, root))
  const { $ref } = value
  return typeof $ref === 'string' && /^#(\/|$)/.test($ref) ? { ...copy, $ref: root + $ref.slice(1) } : copy
}

function mapValues(object: JsonSchema, map: (value: JsonValue) => JsonValue): JsonSchema {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value)]))
}

function isObject(value: JsonValue): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
