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
    compile: (values: readonly JsonValue[]) => failing(isOneOf(values), 'enum', { allowedValues: values }),
  })
  ajv.addKeyword({
    keyword: 'const',
    compile: (wanted: JsonValue) => failing(isOneOf([wanted]), 'const', { allowedValue: wanted }),
  })
  ajv.addKeyword({
    keyword: 'uniqueItems',
    type: 'array',
    schemaType: 'boolean',
    compile: (isAsked: boolean) =>
      failing((items: readonly JsonValue[]) => !isAsked || areUnique(items), 'uniqueItems', {}),
  })
}

/** Only of values with parts an identity has to be made. */
function isOneOf(values: readonly JsonValue[]): (value: JsonValue) => boolean {
  const scalars = new Set(values.filter(isScalar))
  const identities = new Set(values.filter((value) => !isScalar(value)).map(jsonIdentity))
  return (value) => (isScalar(value) ? scalars.has(value) : identities.size > 0 && identities.has(jsonIdentity(value)))
}

function areUnique(items: readonly JsonValue[]): boolean {
  const scalars = new Set<JsonValue>()
  const identities = new Set<string>()
  for (const item of items) {
    if (isScalar(item)) scalars.add(item)
    else identities.add(jsonIdentity(item))
  }
  return scalars.size + identities.size === items.length
}

function isScalar(value: JsonValue): boolean {
  return typeof value !== 'object' || value === null
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
