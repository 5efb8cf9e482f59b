import { monitorEventLoopDelay } from 'node:perf_hooks'

/**
 * How long the event loop was busy, for several readers: one monitor is enough, and each reader is told of the time since it asked last. What it
 * is told is the highest of the 99th percentiles between any two questions in that time.
 */
export class EventLoopDelay {
  readonly #monitor = monitorEventLoopDelay({ resolution: 20 })
  readonly #readers: { highest: number }[] = []

  constructor() {
    this.#monitor.enable()
  }

  /** Returns a function that returns milliseconds. */
  reader(): () => number {
    const own = { highest: 0 }
    this.#readers.push(own)
    return () => {
      const p99 = this.#monitor.percentile(99)
      this.#monitor.reset()
      const ms = Number.isFinite(p99) && p99 > 0 ? p99 / 1e6 : 0
      for (const reader of this.#readers) reader.highest = Math.max(reader.highest, ms)
      const { highest } = own
      own.highest = 0
      return highest
    }
  }
}
