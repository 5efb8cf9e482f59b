import { LatencyCounts } from '@koyalite/contracts'

/** How long the first write of each batch has waited for its turn. */
export class QueueWait {
  readonly latencies = new LatencyCounts()
  /** When the first one of the queue came; null while there is none. */
  #since: number | null = null

  /** Something was put into the queue. */
  came(): void {
    this.#since ??= performance.now()
  }

  /** What waits first is done now. @param now as `performance.now()` has it */
  began(now: number): void {
    this.latencies.add(now - (this.#since ?? now))
    this.#since = null
  }

  /** A turn of the writer has ended. What is left waits from now on, or since it came. */
  turned(isEmpty: boolean): void {
    if (isEmpty) this.#since = null
    else this.came()
  }
}
