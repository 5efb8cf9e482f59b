import type { GridTarget } from '../../grid/grid-editing'

/** What is selected in the grid, beside the state of the page: each move of the focus would render all of it again. */
export interface Selected {
  get(): GridTarget | null
  set(target: GridTarget): void
  subscribe(listener: () => void): () => void
}

export function createSelected(): Selected {
  const listeners = new Set<() => void>()
  let selected: GridTarget | null = null
  return {
    get: () => selected,
    set(target) {
      selected = target
      for (const listener of listeners) listener()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
