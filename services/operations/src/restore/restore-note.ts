import type { auditedActor } from '@koyalite/contracts'
import { z } from 'zod'

/** In a database that was restored, until its next start: when that was. What waits in it is older, and may have been done since it was copied. */
export const RESTORED_META = 'restored'
/** The last restore, for whoever looks at backups. */
export const LAST_RESTORE_META = 'last_restore'

const NOTE = z.object({
  at: z.string(),
  /** Names of backups: what was restored, when that was made, and how it was before. Only of a restore while it was served. */
  backup: z.string().optional(),
  created_at: z.string().nullable().optional(),
  before: z.string().optional(),
  by: z.custom<ReturnType<typeof auditedActor>>().optional(),
  /** Why what was restored could not be served, and how it was before was put back. */
  problem: z.string().optional(),
})

export type RestoreNote = Readonly<z.infer<typeof NOTE>>

/** What a database says of a restore. Earlier versions wrote the time alone. */
export function parseRestoreNote(text: string): RestoreNote {
  try {
    return NOTE.parse(JSON.parse(text))
  } catch {
    return { at: text }
  }
}
