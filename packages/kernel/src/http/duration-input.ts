import { z } from 'zod'
import { parseDuration } from '../config/units'

/** Of a body: milliseconds, or a duration like `10m`. Its value is whole milliseconds. */
export const durationInput = z
  .union([z.number().min(0), z.string()])
  .transform((given, context) => {
    const ms = typeof given === 'number' ? Math.round(given) : parseDuration(given)
    if (ms !== null) return ms
    context.addIssue({ code: 'custom', message: 'must be a duration like 500ms, 30s, 15m or 24h, or milliseconds' })
    return z.NEVER
  })
  .describe('Milliseconds, or a duration like `10m`.')
