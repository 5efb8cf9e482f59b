import { z } from 'zod'

/** What the routes answer, for the reference. */

const text = z.string()

const backup = z.object({
  name: text,
  path: text,
  form: text,
  created_at: text.nullable(),
  epoch: text.nullable(),
  seq: z.int().nullable(),
  encrypted: z.boolean().nullable(),
  version: text.nullable(),
  files: z.int(),
  bytes: z.int().nullable(),
})

export const scheduleAnswer = z.object({
  schedule: text.nullable(),
  keep: z.looseObject({}),
  next: text.nullable(),
  last: z.looseObject({}).nullable(),
})
export const backupsAnswer = z.object({ backups: z.array(backup), schedule: scheduleAnswer })
export const createdBackupAnswer = backup.extend({ removed: z.array(text) })
export const verifiedBackupAnswer = backup.extend({ ok: z.boolean(), problems: z.array(text) })
export const resetAnswer = z.object({ documents: z.int(), backup: text.nullable(), epoch: text })
export const findingsAnswer = z.object({
  findings: z.array(
    z.object({ check: text, level: z.enum(['ok', 'note', 'problem']), message: text, advice: text.optional() }),
  ),
})
