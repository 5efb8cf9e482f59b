/** What the server says of a whole list: how many rows there are, and a cursor for every `step`th of them. */
export interface PositionMap {
  readonly total: number
  readonly step: number
  readonly cursors: readonly string[]
}

/** Where pages begin: at the end of the page before, once that was read; until then where the map says. */
export class PageStarts {
  readonly #read = new Map<number, string | null>([[0, null]])
  #map: PositionMap | null = null

  /** Undefined: not known exactly. */
  get(page: number): string | null | undefined {
    return this.#read.get(page)
  }

  set(page: number, cursor: string): void {
    this.#read.set(page, cursor)
  }

  map(map: PositionMap): void {
    this.#map = map
  }

  clear(): void {
    this.#read.clear()
    this.#read.set(0, null)
    this.#map = null
  }

  /** The last known start that is not behind a position. */
  before(position: number, pageSize: number): { readonly position: number; readonly cursor: string | null } {
    const page = Math.floor(position / pageSize)
    const mark = this.#mark(position)
    for (let at = page; at * pageSize >= mark.position; at--) {
      const cursor = this.#read.get(at)
      if (cursor !== undefined) return { position: at * pageSize, cursor }
    }
    return mark
  }

  #mark(position: number): { readonly position: number; readonly cursor: string | null } {
    if (this.#map === null) return { position: 0, cursor: null }
    const { step, cursors } = this.#map
    const mark = Math.min(Math.floor(position / step), cursors.length)
    return mark === 0 ? { position: 0, cursor: null } : { position: mark * step, cursor: cursors[mark - 1] ?? null }
  }
}
