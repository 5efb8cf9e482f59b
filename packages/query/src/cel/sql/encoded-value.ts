import { spendWork } from '@koyalite/contracts'
import type { JsonValue } from '@koyalite/schema'
import {
  CelDate,
  CelDuration,
  CelMap,
  CelTimestamp,
  CelTypeValue,
  CelUint,
  type CelValue,
  FAILED,
  isList,
  kindOf,
  mapGet,
  mapKeyId,
  mapKeys,
  type Result,
} from '../memory/cel-value'
import { NOBODY } from '../memory/nobody'

/** A value as JSON, with its kind. */
export type EncodedValue = readonly [kind: string, value: JsonValue]

/** Any value, or a failure, as JSON. */
export function encodeValue(value: Result): EncodedValue {
  if (value === FAILED) return ['failed', null]
  spendWork(10)
  if (value === NOBODY) return ['nobody', null]
  const kind = kindOf(value)
  switch (kind) {
    case 'double':
      return [
        kind,
        Object.is(value, -0) || !Number.isFinite(value)
          ? Object.is(value, -0)
            ? '-0'
            : String(value)
          : (value as number),
      ]
    case 'int':
      return [kind, String(value)]
    case 'uint':
      return [kind, String((value as CelUint).value)]
    case 'timestamp':
    case 'duration':
      return [kind, String((value as CelTimestamp).nanos)]
    case 'date':
      return [kind, (value as CelDate).text]
    case 'type':
      return [kind, (value as CelTypeValue).name]
    case 'bytes':
      return [kind, Array.from(value as Uint8Array)]
    case 'list':
      return [kind, (isList(value) ? value : []).map(encodeValue)]
    case 'map':
      return [kind, mapKeys(value).map((key) => [encodeValue(key), encodeValue(mapGet(value, key) ?? null)])]
    default:
      return [kind, value as null | boolean | string]
  }
}

/** The value that was encoded. */
export function decodeValue([kind, value]: EncodedValue): Result {
  switch (kind) {
    case 'failed':
      return FAILED
    case 'nobody':
      return NOBODY
    case 'double':
      return Number(value)
    case 'int':
      return BigInt(String(value))
    case 'uint':
      return new CelUint(BigInt(String(value)))
    case 'timestamp':
      return new CelTimestamp(BigInt(String(value)))
    case 'date':
      return new CelDate(String(value))
    case 'duration':
      return new CelDuration(BigInt(String(value)))
    case 'type':
      return new CelTypeValue(String(value))
    case 'bytes':
      return Uint8Array.from(value as readonly number[])
    case 'list':
      return (value as readonly EncodedValue[]).map(decodePresent)
    case 'map':
      return decodeMap(value as unknown as readonly (readonly [EncodedValue, EncodedValue])[])
    default:
      return value as null | boolean | string
  }
}

function decodePresent(encoded: EncodedValue): CelValue {
  const value = decodeValue(encoded)
  return value === FAILED ? null : value
}

function decodeMap(entries: readonly (readonly [EncodedValue, EncodedValue])[]): CelMap {
  const decoded = new Map<string, readonly [CelValue, CelValue]>()
  for (const [key, value] of entries) {
    const decodedKey = decodePresent(key)
    decoded.set(mapKeyId(decodedKey) ?? '', [decodedKey, decodePresent(value)])
  }
  return new CelMap(decoded)
}
