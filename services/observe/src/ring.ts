/** The latest of many: adding one more overwrites the oldest. */
export class Ring<Slot> {
  readonly #slots: Slot[] = []
  readonly #size: number
  readonly #create: () => Slot
  #next = 0

  constructor(size: number, create: () => Slot) {
    this.#size = size
    this.#create = create
  }

  /** The slot to overwrite. */
  next(): Slot {
    let slot = this.#slots[this.#next]
    if (slot === undefined) {
      slot = this.#create()
      this.#slots[this.#next] = slot
    }
    this.#next = (this.#next + 1) % this.#size
    return slot
  }

  /** In no order. */
  values(): readonly Slot[] {
    return this.#slots
  }
}
