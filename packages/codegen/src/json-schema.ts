import type { JsonValue } from '@koyalite/contracts'

export type JsonObject = { readonly [key: string]: JsonValue }

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What a `$ref` of a JSON Schema refers to; undefined where that is not in the schema. */
export function targetOf(reference: string, root: JsonValue): JsonValue | undefined {
  if (!reference.startsWith('#/')) return undefined
  let target: JsonValue | undefined = root
  for (const part of reference.slice(2).split('/')) {
    const key = decoded(part)
    target = isObject(target) && Object.hasOwn(target, key) ? target[key] : undefined
  }
  return target
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')
  } catch {
    return part
  }
}
