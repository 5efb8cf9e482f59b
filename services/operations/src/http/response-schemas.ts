import { z } from 'zod'

const text = z.string()

export const backup = z.object({
  name: text,
  path: text,
  form: z.enum(['folder', 'tar', 'database']),
  created_at: text.nullable(),
  epoch: text.nullable(),
  seq: z.int().nullable(),
  encrypted: z.boolean().nullable(),
  version: text.nullable(),
  files: z.int(),
  bytes: z.int().nullable(),
})

/** How many to keep, or for how long. */
export const retention = z.union([z.strictObject({ count: z.int().min(1) }), z.strictObject({ ageMs: z.int().min(1) })])

export const schedule = z.object({
  schedule: text.nullable().describe('A cron line, in local time; null: never.'),
  keep: retention,
  next: text.nullable(),
  last: z.object({ at: text, ok: z.boolean(), message: text }).nullable(),
})

export const finding = z.object({
  check: text,
  level: z.enum(['ok', 'note', 'problem']),
  message: text,
  advice: text.optional(),
})

export const restoreNote = z.object({
  at: text,
  backup: text.optional().describe('Name of the backup; absent where the command line has restored it.'),
  created_at: text.nullable().optional().describe('When that was made.'),
  before: text.optional().describe('The backup of how everything was before.'),
  problem: text.optional().describe('Why it could not be served; what was there before was put back.'),
})
