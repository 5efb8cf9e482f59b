/** What is to be seen of a cell, beyond its value. Nothing waits unseen: a cell is saved, or it says what it is. */
export type CellState =
  | { readonly kind: 'saving' }
  /** The old value is shown again; what was typed stays here, so that it can be corrected. */
  | { readonly kind: 'refused'; readonly text: string; readonly message: string }

/** States of cells and rows by key, for as long as a list is shown. */
export class CellStates {
  readonly #cells = new Map<string, CellState>()
  /** Documents that were edited and no longer match the list: they stay until it is read again. */
  readonly #stale = new Set<string>()
  readonly #listeners = new Set<() => void>()
  #version = 0

  readonly version = (): number => this.#version
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  of(key: string, field: string): CellState | undefined {
    return this.#cells.get(nameOf(key, field))
  }

  set(key: string, field: string, state: CellState | null): void {
    if (state === null) this.#cells.delete(nameOf(key, field))
    else this.#cells.set(nameOf(key, field), state)
    this.#changed()
  }

  isStale(key: string): boolean {
    return this.#stale.has(key)
  }

  setStale(key: string, isStale: boolean): void {
    if (isStale === this.#stale.has(key)) return
    if (isStale) this.#stale.add(key)
    else this.#stale.delete(key)
    this.#changed()
  }

  /** The list has been read again. */
  clear(): void {
    this.#cells.clear()
    this.#stale.clear()
    this.#changed()
  }

  #changed(): void {
    this.#version++
    for (const listener of this.#listeners) listener()
  }
}

function nameOf(key: string, field: string): string {
  return `${field}\u0000${key}`
}
