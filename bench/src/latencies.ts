/** Latencies of one run in milliseconds; grows as it is filled. */
export class Latencies {
  #values = new Float64Array(1 << 16)
  #count = 0

  get count(): number {
    return this.#count
  }

  add(milliseconds: number): void {
    if (this.#count === this.#values.length) {
      const larger = new Float64Array(this.#values.length * 2)
      larger.set(this.#values)
      this.#values = larger
    }
    this.#values[this.#count++] = milliseconds
  }

  /** The nearest-rank percentiles; zeros where nothing was measured. */
  summary(): LatencySummary {
    const sorted = this.#values.subarray(0, this.#count).sort()
    const at = (percent: number) => sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? 0
    return { count: sorted.length, p50: at(50), p95: at(95), p99: at(99), max: at(100) }
  }
}

/** In milliseconds. */
export interface LatencySummary {
  readonly count: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly max: number
}
