import type { Ajv2020 } from 'ajv/dist/2020.js'
import type { DataValidateFunction, ErrorObject } from 'ajv/dist/types'
import { jsonIdentity } from './json-identity'
import type { JsonValue } from './model'

/**
 * Replaces Ajv's `enum`, `const` and `uniqueItems`. Its own compare objects by their prototype, which bodies do not have and schemas do, and all items with all others.
 */
export function addEqualityKeywords(ajv: Ajv2020): void {
  for (const keyword of ['enum', 'const', 'uniqueItems']) ajv.removeKeyword(keyword)
  ajv.addKeyword({
    keyword: 'enum',
    schemaType: 'array',
    compile: (values: readonly JsonValue[]) => {
      const allowed = new Set(values.map(jsonIdentity))
      return failing((value) => allowed.has(jsonIdentity(value)), 'enum', { allowedValues: values })
    },
  })
  ajv.addKeyword({
    keyword: 'const',
    compile: (wanted: JsonValue) => {
      const identity = jsonIdentity(wanted)
      return failing((value) => jsonIdentity(value) === identity, 'const', { allowedValue: wanted })
    },
  })
  ajv.addKeyword({
    keyword: 'uniqueItems',
    type: 'array',
    schemaType: 'boolean',
    compile: (isAsked: boolean) =>
      failing(
        (items: readonly JsonValue[]) => !isAsked || new Set(items.map(jsonIdentity)).size === items.length,
        'uniqueItems',
        {},
      ),
  })
}

/** A check that says what it wants where a value is not that: of each failure anew, since Ajv writes into it where that was. */
function failing<T extends JsonValue>(
  holds: (value: T) => boolean,
  keyword: string,
  params: ErrorObject['params'],
): DataValidateFunction {
  const check: DataValidateFunction = (value: T) => {
    if (holds(value)) return true
    check.errors = [{ keyword, params, message: 'must not have two equal items' }]
    return false
  }
  return check
}
