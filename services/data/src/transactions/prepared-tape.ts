import type { Prepared } from '../caller'

/** What hooks have prepared of a write, so that it is the same when it is made again. */
export class PreparedTape {
  readonly #prepared: Prepared[] = []

  /** Returns a source of them from the first one on. */
  play(): () => Prepared {
    let next = 0
    return () => {
      const prepared = this.#prepared[next] ?? {}
      this.#prepared[next++] = prepared
      return prepared
    }
  }
}
