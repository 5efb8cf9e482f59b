import { DEFAULT_SCHEDULE, type JsonValue } from '@koyalite/contracts'
import { durationInput } from '@koyalite/kernel'
import { z } from 'zod'

const fields = {
  function: z
    .string()
    .max(200)
    // Those with dots are work of the server.
    .regex(/^[^.]+$/, 'must be the name of a function')
    .describe('The function that runs; its manifest has queue: true, or a schedule of its own.'),
  cron: z
    .string()
    .max(200)
    .describe('minute, hour, day of the month, month, day of the week; with seconds before them, six fields.'),
  timezone: z.string().max(100).describe('Of the IANA database, like Europe/Berlin; UTC by default.'),
  overlap: z
    .enum(['skip', 'allow'])
    .describe('Where the job of the firing before is not done yet: skip this one (the default), or allow both.'),
  missed: z
    .enum(['run_once', 'skip'])
    .describe('After firings that the server was not there for: run the last of them (the default), or none.'),
  jitter: durationInput.describe('Each firing is later by up to so much: a duration like 5m, or milliseconds.'),
  payload: z
    .unknown()
    // It was parsed as JSON.
    .transform((value) => value as JsonValue)
    .describe('What the function is given; {} by default.'),
}

const { timezone, overlap, missed, payload } = DEFAULT_SCHEDULE

export const NEW_SCHEDULE = z.strictObject({
  ...fields,
  name: z
    .string()
    .regex(/^[A-Za-z0-9][\w.-]{0,99}$/, 'must be letters, digits, _, - and dots, at most 100')
    .describe('Unique in the project.'),
  timezone: fields.timezone.default(timezone),
  overlap: fields.overlap.default(overlap),
  missed: fields.missed.default(missed),
  jitter: fields.jitter.default(0),
  payload: fields.payload.default(payload),
})

export const CHANGED_SCHEDULE = z.strictObject(fields).partial()
