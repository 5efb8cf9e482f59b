import { z } from 'zod'
import { EXECUTION_STATUSES, type Execution } from '../executions/execution'

const execution = z.object({
  id: z.string(),
  function: z.string(),
  version: z.int(),
  actor: z.object({ kind: z.string(), id: z.string().nullable(), name: z.string().nullable() }),
  status: z.enum(EXECUTION_STATUSES),
  isolation: z.string(),
  started_at: z.iso.datetime(),
  ms: z.number(),
  memory: z.int().nullable(),
  error: z.object({ code: z.string(), message: z.string(), stack: z.string().optional() }).nullable(),
  request_id: z.string(),
  job: z.string().nullable().describe('The job that it was a run of; null: none.'),
})

const logLine = z.object({
  level: z.enum(['debug', 'info', 'warn', 'error']),
  message: z.string(),
  fields: z.unknown().optional(),
  at: z.iso.datetime(),
})

/** A call that has ended, with its log. */
export const executionDetail = z.object({ ...execution.shape, logs: z.array(logLine), truncated: z.boolean() })

export function executionOf(one: Execution): z.output<typeof executionDetail> {
  const { startedAt, requestId, logs, isTruncated, actor, error, ...rest } = one
  return {
    ...rest,
    actor: { ...actor },
    error: error && { ...error },
    ms: Math.round(one.ms * 1000) / 1000,
    started_at: new Date(startedAt).toISOString(),
    request_id: requestId,
    logs: logs.map(({ at, ...line }) => ({ ...line, at: new Date(at).toISOString() })),
    truncated: isTruncated,
  }
}
