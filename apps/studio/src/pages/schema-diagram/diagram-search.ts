export interface DiagramSearch {
  /** The collection in the middle: only it and its neighbours are shown. */
  readonly focus?: string
  /** How many references away. @default 1 */
  readonly depth?: number
  readonly view?: 'list'
  /** What stands above the diagram: what the signs mean, or the groups. */
  readonly panel?: 'legend' | 'groups'
}

const MAX_DEPTH = 5

export function diagramSearch({ focus, depth, view, panel }: Record<string, unknown>): DiagramSearch {
  const isDepth = typeof depth === 'number' && Number.isInteger(depth) && depth >= 1 && depth <= MAX_DEPTH
  return {
    ...(typeof focus === 'string' && { focus }),
    ...(isDepth && { depth }),
    ...(view === 'list' && { view }),
    ...((panel === 'legend' || panel === 'groups') && { panel }),
  }
}
