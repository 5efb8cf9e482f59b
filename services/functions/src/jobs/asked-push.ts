import type { JsonValue, NewJob } from '@koyalite/contracts'
import { durationInput, RequestFaults } from '@koyalite/kernel'
import { z } from 'zod'

/** A job as code asks for it: when it runs is known only with the time of the request. */
export type AskedPush = Pick<NewJob, 'name' | 'payload'> &
  Partial<Pick<NewJob, 'runAt' | 'priority' | 'key' | 'onConflict' | 'keyForMs' | 'group'>>

const MAX_JOBS = 1_000

const time = z.union([z.number(), z.string()]).transform((given, context) => {
  const value = typeof given === 'number' ? given : timeOf(given)
  if (value !== null) return value
  context.addIssue({ code: 'custom', message: 'must be a time like 2026-01-31T08:00:00Z, or milliseconds since 1970' })
  return z.NEVER
})

const asked = z
  .strictObject({
    name: z.string(),
    // It was parsed as JSON: to look at each of a million values again would hold up everybody.
    payload: z.unknown().default({}),
    delay: durationInput.optional(),
    run_at: time.optional(),
    priority: z.number().optional(),
    key: z.string().optional(),
    on_conflict: z.enum(['keep', 'replace', 'rerun']).optional(),
    key_for: durationInput.optional(),
    group: z.string().optional(),
  })
  .superRefine(({ delay, run_at }, context) => {
    if (delay === undefined || run_at === undefined) return
    context.addIssue({ code: 'custom', path: ['delay'], message: 'says the same as run_at: send one of them' })
  })
const body = z.strictObject({ jobs: z.array(asked).min(1).max(MAX_JOBS) })

/** What a push asks for: PROTOCOL.md. Whether values are within bounds, the queue says. @param now milliseconds since 1970. @throws AppError VALIDATION_ERROR */
export function readPushes(sent: unknown, now: number): readonly AskedPush[] {
  const faults = new RequestFaults()
  const pushes = faults.parse(body, sent, 'body')?.jobs ?? []
  faults.throwIfAny()
  return pushes.map(({ name, payload, delay, run_at, priority, key, on_conflict, key_for, group }) => {
    const runAt = delay === undefined ? run_at : now + delay
    return {
      ...{ name, payload: payload as JsonValue },
      ...(runAt !== undefined && { runAt: Math.round(runAt) }),
      ...(priority !== undefined && { priority }),
      ...(key !== undefined && { key }),
      ...(on_conflict !== undefined && { onConflict: on_conflict }),
      ...(key_for !== undefined && { keyForMs: key_for }),
      ...(group !== undefined && { group }),
    }
  })
}

function timeOf(text: string): number | null {
  const ms = Date.parse(text)
  return Number.isNaN(ms) || !/^\d{4}-/.test(text) ? null : ms
}
