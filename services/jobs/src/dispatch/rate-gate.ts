import type { Rate } from '@koyalite/kernel'

/** How many jobs of a queue may begin now: `10/second` is ten at once, then one every 100 ms. Times are of a clock that never goes back. */
export class RateGate {
  readonly rate: Rate
  #tokens: number
  #at: number

  constructor(rate: Rate, now: number) {
    this.rate = rate
    this.#tokens = rate.count
    this.#at = now
  }

  available(now: number): number {
    const { count, per } = this.rate
    this.#tokens = Math.min(count, this.#tokens + (Math.max(0, now - this.#at) * count) / per)
    this.#at = now
    // What was counted in fractions of milliseconds.
    return Math.floor(this.#tokens + 1e-9)
  }

  take(jobs: number): void {
    this.#tokens -= jobs
  }

  /** Milliseconds until one more may begin. */
  wait(now: number): number {
    if (this.available(now) > 0) return 0
    return Math.ceil(((1 - this.#tokens) * this.rate.per) / this.rate.count)
  }
}
