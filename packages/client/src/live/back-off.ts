const FIRST_MS = 500
const LONGEST_MS = 30_000

/** Milliseconds until the next try, after so many failures in a row: twice as long each time, and never the same for all clients. */
export function backOff(failures: number): number {
  return Math.min(FIRST_MS * 2 ** failures, LONGEST_MS) * (0.5 + Math.random() / 2)
}
