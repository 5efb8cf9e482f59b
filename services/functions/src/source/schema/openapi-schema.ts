import type { JsonValue } from '@koyalite/contracts'
import type { JsonSchema } from '@koyalite/schema'
import { schemasIn } from './schemas-in'

/**
 * A JSON Schema as a component of an OpenAPI 3.1 document. References into itself lead to where it stands there: tools resolve `#/…` from the root of
 * the document.
 * @param name of the component: `createPost.input`
 */
export function openApiSchema(schema: JsonSchema, name: string): JsonSchema {
  const copy = structuredClone(schema) as Writable
  for (const inner of schemasIn(copy) as Iterable<Writable>) {
    const { $ref } = inner
    if (typeof $ref === 'string' && $ref.startsWith('#')) inner.$ref = `#/components/schemas/${name}${$ref.slice(1)}`
  }
  return copy
}

type Writable = { [keyword: string]: JsonValue }
