import { type Actor, AppError, auditedActor } from '@koyalite/contracts'
import { removeBackup } from '../backup-place'
import type { OperationsContext } from '../operations-context'
import { namedBackup } from './named-backup'

/** Removes a backup, and notes in the audit log who did. Throws NOT_FOUND, CONFLICT while a restore needs it. */
export async function deleteBackup(context: OperationsContext, actor: Actor, name: string): Promise<void> {
  const backup = await namedBackup(context, name)
  if (context.inRestore.has(backup.path)) throw new AppError('CONFLICT', `A restore needs the backup '${name}' now.`)
  await context.database.write((tx) => {
    context.audit.record(tx, {
      event: 'backup.deleted',
      outcome: 'success',
      ...auditedActor(actor),
      target: { kind: 'backup', id: null, name: backup.path },
    })
  })
  await removeBackup(backup)
}
