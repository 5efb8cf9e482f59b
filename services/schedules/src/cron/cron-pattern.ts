import { cronProblem } from '@koyalite/kernel'
import { Cron } from 'croner'

/** When something happens by the clock on the wall, wherever that is. Times on the wall are milliseconds, as if they were UTC. */
export interface CronPattern {
  /** Minutes and hours are numbers, lists or ranges: it stands for certain times of a day, and not for a distance between two. */
  readonly hasFixedHours: boolean
  /** The first time after one; null where there is none. */
  after(wall: number): number | null
}

/** @param line `patternProblem` has nothing to say about it */
export function cronPattern(line: string): CronPattern {
  const known = patterns.get(line)
  if (known !== undefined) return known
  // Lines of thousands of schedules are few; those that come and go make room.
  if (patterns.size >= MAX_PATTERNS) patterns.clear()
  const made = parse(line)
  patterns.set(line, made)
  return made
}

/** Why a line cannot be followed; null where it can. */
export function patternProblem(line: string): string | null {
  if (line.trim().toLowerCase() === '@reboot') {
    return "'@reboot' is not a time: starts of the server are not scheduled; write a cron line like '0 3 * * *'"
  }
  return cronProblem(line)
}

const MAX_PATTERNS = 10_000
const patterns = new Map<string, CronPattern>()

const NICKNAMES: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
}

function parse(line: string): CronPattern {
  const text = NICKNAMES[line.trim().toLowerCase()] ?? line.trim()
  const cron = new Cron(text, { paused: true, utcOffset: 0, mode: '5-or-6-parts' })
  const [minute = '', hour = ''] = text.split(/\s+/).slice(-5)
  return {
    hasFixedHours: !/[*?/]/.test(minute + hour),
    after: (wall) => cron.nextRun(new Date(wall))?.getTime() ?? null,
  }
}
