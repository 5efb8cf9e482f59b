export interface LineTarget {
  write(text: string): Promise<void>
  /** For the last moments of a process, when nothing asynchronous is awaited. */
  writeSync(text: string): void
}

export interface BufferedLinesOptions {
  readonly target: LineTarget
  /** Milliseconds a line waits at most. */
  readonly delay: number
}

/** Characters that are written at once, without waiting for the delay. */
const FLUSH_AT = 65_536
/** Characters that are buffered while the target is slow or failing; more are counted and dropped, and never block the server. */
const MAX_BUFFERED = 8 * 1024 * 1024

/**
 * Collects lines and writes many at once, off the caller's path: a line costs an addition to a string. The timer runs only
 * while there is something to write, so an idle server stays idle.
 */
export class BufferedLines {
  readonly #target: LineTarget
  readonly #delay: number
  #waiting = ''
  #writing: Promise<void> | null = null
  #inFlight = ''
  #timer: NodeJS.Timeout | null = null
  #dropped = 0

  constructor({ target, delay }: BufferedLinesOptions) {
    this.#target = target
    this.#delay = delay
  }

  /** Lines that were lost because the target could not keep up or failed. */
  get dropped(): number {
    return this.#dropped
  }

  /** @param line with its line feed */
  write(line: string): void {
    if (this.#waiting.length > MAX_BUFFERED) {
      this.#dropped++
      return
    }
    this.#waiting += line
    this.#startInTime()
  }

  /** Resolves when everything written so far has reached the target, or was dropped because the target failed. */
  async flush(): Promise<void> {
    while (this.#waiting !== '' || this.#writing !== null) {
      this.#start()
      await this.#writing
    }
  }

  /** May repeat the lines that are just being written; none is lost. */
  flushSync(): void {
    this.#stopTimer()
    const text = this.#inFlight + this.#waiting
    this.#waiting = ''
    this.#inFlight = ''
    if (text === '') return
    try {
      this.#target.writeSync(text)
    } catch {
      this.#dropped += countLines(text)
    }
  }

  #start(): void {
    this.#stopTimer()
    if (this.#writing !== null || this.#waiting === '') return
    this.#inFlight = this.#waiting
    this.#waiting = ''
    this.#writing = this.#target
      .write(this.#inFlight)
      // A log that cannot be written must not take the server down: the loss is counted, and shown by a metric.
      .catch(() => {
        this.#dropped += countLines(this.#inFlight)
      })
      .then(() => {
        this.#inFlight = ''
        this.#writing = null
        // Written at once, a busy server's lines would go out a few at a time, each with a system call: a tenth of what a read costs.
        if (this.#waiting !== '') this.#startInTime()
      })
  }

  #startInTime(): void {
    if (this.#waiting.length >= FLUSH_AT) this.#start()
    else if (this.#timer === null && this.#writing === null) {
      this.#timer = setTimeout(() => this.#start(), this.#delay)
      this.#timer.unref()
    }
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }
}

function countLines(text: string): number {
  return text.split('\n').length - 1
}
