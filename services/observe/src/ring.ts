/** The latest of many: adding one more replaces the oldest. */
export class Ring<T> {
  readonly #items: T[] = []
  readonly #size: number
  #next = 0

  constructor(size: number) {
    this.#size = size
  }

  add(item: T): void {
    this.#items[this.#next] = item
    this.#next = (this.#next + 1) % this.#size
  }

  /** In no order. */
  values(): readonly T[] {
    return this.#items
  }
}
