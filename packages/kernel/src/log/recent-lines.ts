import type { RecentLine } from './log'

/** At most 16 MB, and a hundredth of that of lines as they are. */
const MAX_LINES = 2_000
const MAX_LENGTH = 8_000

/** The latest lines, in memory. */
export class RecentLines {
  readonly #lines: RecentLine[] = []
  #count = 0

  /** @param line with its line feed */
  add(line: string): void {
    // A part of a string keeps all of it in memory, a copy does not.
    const text = line.length > MAX_LENGTH ? Buffer.from(line.slice(0, MAX_LENGTH)).toString() : line.trimEnd()
    this.#lines[this.#count % MAX_LINES] = { number: ++this.#count, line: text }
  }

  /** The oldest first. */
  list(): readonly RecentLine[] {
    const next = this.#count % MAX_LINES
    return this.#count <= MAX_LINES ? [...this.#lines] : [...this.#lines.slice(next), ...this.#lines.slice(0, next)]
  }
}
