import {
  type CelValue,
  equalValues,
  FAILED,
  type Failed,
  isList,
  kindOf,
  mapGet,
  mapKeyId,
  numberOf,
  type Result,
} from './cel-value'
import { unlessNobody } from './nobody'

/** The value at a text key: failed if it is not a map, undefined for a map without it. */
export function keyOf(base: Result, key: string): Result | undefined {
  if (base === FAILED || kindOf(base) !== 'map') return FAILED
  return mapGet(base, key)
}

/** `base[index]`: failed beyond the ends of a list and for missing keys. */
export function elementOf(base: CelValue, index: CelValue): Result {
  const found = isList(base) ? base[positionOf(index)] : kindOf(base) === 'map' ? mapGet(base, index) : undefined
  return found === undefined ? FAILED : found
}

/** -1 if it is not a position. */
function positionOf(index: CelValue): number {
  const position = Number(numberOf(index) ?? -1)
  return Number.isInteger(position) ? position : -1
}

/** `item in container`: an element of a list, a key of a map. */
export function isMember(item: CelValue, container: CelValue): boolean | Failed {
  if (isList(container)) {
    return unlessNobody(item, container, () => container.some((element) => equalValues(item, element)))
  }
  if (kindOf(container) !== 'map') return FAILED
  return mapKeyId(item) === undefined ? FAILED : mapGet(container, item) !== undefined
}
