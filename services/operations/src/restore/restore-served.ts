import { basename } from 'node:path'
import { type Actor, AppError, auditedActor } from '@koyalite/contracts'
import type { FoundBackup } from '../backup-place'
import { stageRestore } from '../offline/stage-restore'
import { createBackup } from '../operations/create-backup'
import type { OperationsContext } from '../operations-context'
import { contentsNow } from '../store/contents-now'

/**
 * Replaces what is served by a backup. It is verified first, and how everything is now is backed up; then the server starts again, in the same process, and
 * puts it in place before it opens the database. Operators, their sign-ins, service keys and the audit log stay as they are. Returns the backup of how it was.
 * Throws INVALID_REQUEST where the backup cannot be used, CONFLICT while another restore runs: nothing has changed then.
 */
export async function restoreServed(
  context: OperationsContext,
  actor: Actor,
  backup: FoundBackup,
): Promise<FoundBackup> {
  const { dir, databasePath, settings, restart, inRestore } = context
  if (restart === null) throw new AppError('INVALID_REQUEST', 'No server is running: use koyalite db restore.')
  // Two would take each other's files for their own.
  if (inRestore.size > 0) throw new AppError('CONFLICT', 'Another backup is being restored.')
  inRestore.add(backup.path)
  try {
    const before = await createBackup(context, { prefix: 'before-restore' })
    inRestore.add(before.path)
    await stageRestore({
      dir,
      databasePath,
      from: backup.path,
      key: settings.database.encryption_key ?? undefined,
      kept: () => ({
        contents: context.kept.map((rows) => contentsNow(context.database, rows)),
        note: {
          at: new Date().toISOString(),
          backup: basename(backup.path),
          created_at: backup.manifest?.created_at ?? null,
          before: basename(before.path),
          by: auditedActor(actor),
        },
      }),
    })
    restart({ undo: before.path })
    return before
  } catch (error) {
    inRestore.clear()
    throw error
  }
}
