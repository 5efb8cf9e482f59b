export interface Heartbeat {
  /** The process has answered a beat. */
  answered(): void
  /** From now on it has to answer soon: it has started. */
  expectSoon(): void
  stop(): void
}

const EVERY_MS = 500
/** So many beats in a row without a response, and the process hangs: 3 s. */
const MAX_MISSED = 6
/** While it opens the database it takes no messages. */
const MAX_MISSED_AT_START = 120

export const HUNG_AFTER_MS = EVERY_MS * MAX_MISSED

/**
 * Watches whether a process still takes messages. What is counted are our own beats: if this process was the one that stood still, or the
 * whole machine, one beat is missed, and not all that would have been sent meanwhile.
 */
export function startHeartbeat({ beat, hung }: { beat(): void; hung(): void }): Heartbeat {
  let missed = 0
  let most = MAX_MISSED_AT_START
  const timer = setInterval(() => {
    if (missed < most) {
      missed++
      beat()
      return
    }
    clearInterval(timer)
    hung()
  }, EVERY_MS)
  timer.unref()
  return {
    answered() {
      missed = 0
    },
    expectSoon() {
      missed = 0
      most = MAX_MISSED
    },
    stop: () => clearInterval(timer),
  }
}
