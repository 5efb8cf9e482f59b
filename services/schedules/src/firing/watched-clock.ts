/** The clock on the wall, which may be set. */
export interface WatchedClock {
  /** Milliseconds since 1970, and since when this clock has gone without being put forward: what was due before was missed. */
  look(): { readonly now: number; readonly watchedFrom: number }
}

export interface ClockSources {
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Milliseconds that pass while the process could run, whatever the wall shows. */
  readonly elapsed: () => number
}

/** Clocks that are corrected a little all the time are not put forward. */
const JUMP_MS = 2_000

/** Begins to watch at the first look. */
export function watchClock({ now, elapsed }: ClockSources): WatchedClock {
  let last: { readonly wall: number; readonly elapsed: number } | undefined
  let watchedFrom = 0
  return {
    look() {
      const seen = { wall: now(), elapsed: elapsed() }
      const jump = last === undefined ? 0 : seen.wall - last.wall - (seen.elapsed - last.elapsed)
      if (last === undefined || jump > JUMP_MS) watchedFrom = seen.wall
      // Put back: what is due from now on is not missed.
      else watchedFrom = Math.min(watchedFrom, seen.wall)
      last = seen
      return { now: seen.wall, watchedFrom }
    },
  }
}
