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

const CRON_FIELDS = [
  ['second', '0-59'],
  ['minute', '0-59'],
  ['hour', '0-23'],
  ['day of the month', '1-31'],
  ['month', '1-12 or JAN-DEC'],
  ['day of the week', '0-7 or SUN-SAT'],
] as const

const EXPECTED = "expected a cron line like '0 3 * * *': minute, hour, day of the month, month, day of the week"
const NICKNAMES = ['@hourly', '@daily', '@weekly', '@monthly', '@yearly']

/** Why a cron line cannot be followed; null where it can. */
export function cronProblem(line: string): string | null {
  const fields = line.trim().split(/\s+/)
  const [first = ''] = fields
  if (first.startsWith('@')) {
    return runsOf(line) === 'invalid' ? `'${first}' is none of ${NICKNAMES.join(', ')}` : null
  }
  if (first === '') return `it is empty; ${EXPECTED}`
  if (fields.length !== 5 && fields.length !== 6) {
    return `it has ${fields.length} ${fields.length === 1 ? 'field' : 'fields'}; ${EXPECTED}`
  }
  const names = CRON_FIELDS.slice(-fields.length)
  const wrong = fields.findIndex(
    (_, i) => runsOf(fields.map((text, j) => (i === j ? text : '*')).join(' ')) === 'invalid',
  )
  const field = names[wrong]
  if (field !== undefined) return `the ${field[0]} '${fields[wrong]}' is not valid (${field[1]})`
  const runs = runsOf(line)
  if (runs === 'invalid') return 'its fields do not fit together'
  return runs === 'never' ? 'there is no such day, so it never runs' : null
}

function runsOf(line: string): 'sometimes' | 'never' | 'invalid' {
  try {
    return new Cron(line, { paused: true }).nextRun() === null ? 'never' : 'sometimes'
  } catch {
    return 'invalid'
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
