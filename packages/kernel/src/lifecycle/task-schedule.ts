import { Cron } from 'croner'

/** When a task runs by itself. Times are milliseconds since 1970. */
export interface TaskSchedule {
  /** For people: a cron line, `every 10 minutes`; null where it runs only when somebody asks. */
  describe(): string | null
  /** The next time; in the past where it is late; null: not by itself. @param last when it last began; null: not yet */
  next(now: number, last: number | null): number | null
}

/** At a fixed distance. */
export function every(ms: number, { atStart = false } = {}): TaskSchedule {
  return {
    describe: () => `every ${distance(ms)}`,
    // The clock may have been set back since.
    next: (now, last) => (last === null ? now + (atStart ? 0 : ms) : Math.min(last, now) + ms),
  }
}

/** By a cron line in local time, read again each time: it may change. */
export function byCron(line: () => string | null): TaskSchedule {
  return {
    describe: line,
    next(now) {
      const text = line()
      if (text === null) return null
      return new Cron(text, { paused: true }).nextRun(new Date(now))?.getTime() ?? null
    },
  }
}

/** When the first thing that waits is due. */
export function whenDue(next: () => number | null): TaskSchedule {
  return { describe: () => 'when something is due', next }
}

/** Why a cron line cannot be followed; null where it can. */
export function cronProblem(line: string): string | null {
  try {
    const next = new Cron(line, { paused: true }).nextRun()
    return next === null ? 'it has no future run time' : null
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^CronPattern: /, '') : String(error)
  }
}

const UNITS = [
  [86_400_000, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
  [1_000, 'second'],
] as const

function distance(ms: number): string {
  const [size, unit] = UNITS.find(([size]) => ms % size === 0) ?? [1, 'millisecond']
  const count = ms / size
  return count === 1 ? unit : `${count} ${unit}s`
}
