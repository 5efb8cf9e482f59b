import type { Place, Places } from './arrange'
import { type DiagramGroup, parseGroups } from './diagram-groups'
import type { KeptItemOptions } from './use-kept-item'

const NOWHERE: Places = new Map()
const NO_GROUPS: readonly DiagramGroup[] = []

/** Where an operator has put collections. */
export const KEPT_PLACES: KeptItemOptions<Places> = {
  name: 'diagram:places',
  nothing: NOWHERE,
  parse: parsePlaces,
  store: (places) => Object.fromEntries([...places].map(([name, { x, y }]) => [name, [Math.round(x), Math.round(y)]])),
}

/** How an operator has grouped them. */
export const KEPT_GROUPS: KeptItemOptions<readonly DiagramGroup[]> = {
  name: 'diagram:groups',
  nothing: NO_GROUPS,
  parse: parseGroups,
  store: (groups) => groups,
}

function parsePlaces(value: unknown): Places {
  if (typeof value !== 'object' || value === null) return NOWHERE
  return new Map(
    Object.entries(value).flatMap(([name, place]): readonly (readonly [string, Place])[] => {
      const [x, y]: readonly unknown[] = Array.isArray(place) ? place : []
      return Number.isFinite(x) && Number.isFinite(y) ? [[name, { x: Number(x), y: Number(y) }]] : []
    }),
  )
}
