/** Prints notes for the developer on the terminal of `koyalite dev`; elsewhere it does nothing. */
export interface DevNotes {
  /** Prints the lines, unless something was printed under the same key within the last minute. They are made only then. */
  note(key: string, lines: () => readonly string[]): void
}

/** A command as a developer would type it where they are: `koyalite rules explain posts read --dir blog`. */
export type CommandLine = (args: readonly string[]) => string

export const NO_DEV_NOTES: DevNotes = { note() {} }

const AGAIN_MS = 60_000
/** Keys that are remembered; those beyond may be printed again sooner. */
const MAX_KEYS = 500

export function createDevNotes(print: (lines: readonly string[]) => void, now: () => number = Date.now): DevNotes {
  /** When each key was last printed, the longest ago first. */
  const printed = new Map<string, number>()
  return {
    note(key, lines) {
      const time = now()
      if (time - (printed.get(key) ?? Number.NEGATIVE_INFINITY) < AGAIN_MS) return
      printed.delete(key)
      printed.set(key, time)
      const oldest = printed.size > MAX_KEYS ? printed.keys().next().value : undefined
      if (oldest !== undefined) printed.delete(oldest)
      print(lines())
    },
  }
}
