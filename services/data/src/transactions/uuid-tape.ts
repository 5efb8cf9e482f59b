/** The ids that a write makes, so that it makes the same ones when it runs again. */
export class UuidTape {
  readonly #ids: string[] = []

  /** Returns a source of the ids from the first one on. */
  play(): () => string {
    let next = 0
    return () => {
      const id = this.#ids[next] ?? Bun.randomUUIDv7()
      this.#ids[next++] = id
      return id
    }
  }
}
