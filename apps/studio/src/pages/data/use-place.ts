import { useRouterState } from '@tanstack/react-router'
import type { GridPlace } from '../../grid/grid-props'

/** Steps of the history that are remembered. */
const MAX_PLACES = 100

/** Where one was in the grid at a step of the history: Back goes to the same rows. Memory only: a page that is loaded anew begins at the top. */
const places = new Map<string, GridPlace>()

export function usePlace(): { read(): GridPlace | undefined; keep(place: GridPlace): void } {
  const step = useRouterState({ select: ({ location }) => location.state.__TSR_key ?? '' })
  return {
    read: () => places.get(step),
    keep(place) {
      places.delete(step)
      places.set(step, place)
      const [oldest] = places.keys()
      if (places.size > MAX_PLACES && oldest !== undefined) places.delete(oldest)
    },
  }
}
