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

/** The value at a text key: failed for what is no map, undefined for a map without it. */
export function keyOf(base: Result, key: string): Result | undefined {
  if (base === FAILED || kindOf(base) !== 'map') return FAILED
  return mapGet(base, key)
}

/** `base[index]`: failed beyond the ends of a list and for missing keys. */
export function elementOf(base: CelValue, index: CelValue): Result {
  if (isList(base)) {
    const position = positionOf(index)
    return position === FAILED ? FAILED : (base[position] ?? (position < base.length && position >= 0 ? null : FAILED))
  }
  return kindOf(base) === 'map' ? (mapGet(base, index) ?? FAILED) : FAILED
}

function positionOf(index: CelValue): number | Failed {
  const number = numberOf(index)
  if (number === null) return FAILED
  const position = Number(number)
  return Number.isInteger(position) ? position : FAILED
}

/** `item in container`: an element of a list, a key of a map. */
export function isMember(item: CelValue, container: CelValue): boolean | Failed {
  if (isList(container)) return container.some((element) => equalValues(item, element))
  if (kindOf(container) !== 'map') return FAILED
  return mapKeyId(item) === undefined ? FAILED : mapGet(container, item) !== undefined
}
