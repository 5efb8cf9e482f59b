/** What to send once a state is on disk. Each step of `work` sends something, and returns the number of messages. */
interface Entry {
  readonly seq: number
  readonly work: () => Iterable<number>
}

export interface OutboxBounds {
  /** The changes up to here are on the disk. */
  readonly durableSeq: number
  /** What `performance.now()` is when it is enough. */
  readonly until: number
}

/** Messages that go out between two turns of the event loop: native publishing sends them at the end of the turn, unseen by a clock. */
const MAX_MESSAGES = 256

/** Work that waits to be sent, in its order: what comes later may be of an earlier state, of another group, and waits as well. */
export class Outbox {
  readonly #failed: (error: unknown) => void
  #entries: Entry[] = []
  /** The entries before this one are done. */
  #head = 0
  #running: Iterator<number> | null = null

  constructor(failed: (error: unknown) => void) {
    this.#failed = failed
  }

  get isEmpty(): boolean {
    return this.#head === this.#entries.length
  }

  /** The earliest state that something waits for; infinite where nothing waits. */
  get lowestSeq(): number {
    let lowest = Number.POSITIVE_INFINITY
    for (let at = this.#head; at < this.#entries.length; at++)
      lowest = Math.min(lowest, this.#entries[at]?.seq ?? lowest)
    return lowest
  }

  /** Whether there is something that may be sent. */
  isReady(durableSeq: number): boolean {
    const next = this.#entries[this.#head]
    return next !== undefined && (this.#running !== null || next.seq <= durableSeq)
  }

  add(seq: number, work: () => Iterable<number>): void {
    this.#entries.push({ seq, work })
  }

  clear(): void {
    this.#entries = []
    this.#head = 0
    this.#running = null
  }

  /** Sends some of what may be sent. Returns the number of messages. */
  send({ durableSeq, until }: OutboxBounds): number {
    let messages = 0
    while (this.isReady(durableSeq) && messages < MAX_MESSAGES && performance.now() < until) messages += this.#step()
    if (this.isEmpty && this.#head > 0) this.clear()
    return messages
  }

  #step(): number {
    try {
      this.#running ??= (this.#entries[this.#head] as Entry).work()[Symbol.iterator]()
      const { value, done } = this.#running.next()
      if (!done) return value
    } catch (error) {
      this.#failed(error)
    }
    this.#running = null
    this.#head++
    return 0
  }
}
