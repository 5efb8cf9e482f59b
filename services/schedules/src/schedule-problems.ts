import type { ErrorDetail, ScheduleSpec } from '@koyalite/contracts'
import { patternProblem } from './cron/cron-pattern'
import { timeZoneProblem } from './cron/time-zone'

const MAX_JITTER_MS = 86_400_000
/** Of a job's payload. */
const MAX_PAYLOAD_BYTES = 256 * 1024

/** What is wrong with when a function is to run, by field. */
export function scheduleProblems({ cron, timezone, jitterMs, payload }: ScheduleSpec): readonly ErrorDetail[] {
  const details: ErrorDetail[] = []
  const found = (field: string, message: string | null) => {
    if (message !== null) details.push({ field, code: 'invalid', message })
  }
  found('cron', patternProblem(cron))
  found('timezone', timeZoneProblem(timezone))
  found('jitter', jitterMs < 0 || jitterMs > MAX_JITTER_MS ? 'must be from 0 to 24h' : null)
  const bytes = Buffer.byteLength(JSON.stringify(payload))
  found('payload', bytes > MAX_PAYLOAD_BYTES ? `has ${bytes} bytes as JSON, more than ${MAX_PAYLOAD_BYTES}` : null)
  return details
}

/** Whether it fires at other times than before. */
export function hasOtherTimes(a: Pick<ScheduleSpec, 'cron' | 'timezone'>, b: Pick<ScheduleSpec, 'cron' | 'timezone'>) {
  return a.cron !== b.cron || a.timezone !== b.timezone
}
