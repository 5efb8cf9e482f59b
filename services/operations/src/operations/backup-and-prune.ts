import { dirname } from 'node:path'
import { type Actor, AppError, auditedActor } from '@koyalite/contracts'
import type { Retention } from '@koyalite/kernel'
import type { FoundBackup } from '../backup-place'
import type { OperationsContext } from '../operations-context'
import { type CreateBackup, createBackup } from './create-backup'
import { pruneBackups } from './prune-backups'

export interface BackupAndPrune extends CreateBackup {
  /** Null: nothing is removed. */
  readonly keep: Retention | null
}

export interface MadeBackup {
  readonly backup: FoundBackup
  /** Paths of older ones. */
  readonly removed: readonly string[]
}

/** Makes a backup, notes it in the audit log, and removes what is kept no longer from the folder of backups. */
export async function backupAndPrune(
  context: OperationsContext,
  actor: Actor,
  { keep, ...options }: BackupAndPrune,
): Promise<MadeBackup> {
  if (context.databasePath === ':memory:') {
    throw new AppError('INVALID_REQUEST', 'The database is in memory (database.path): there is nothing to back up.')
  }
  const backup = await createBackup(context, options)
  const pruned = { made: backup.path, now: Date.now(), inUse: context.inRestore }
  const removed = keep === null ? [] : await pruneBackups(dirname(backup.path), { keep, ...pruned })
  await context.database.write((tx) => {
    context.audit.record(tx, {
      event: 'backup.created',
      outcome: 'success',
      ...auditedActor(actor),
      target: { kind: 'backup', id: null, name: backup.path },
      details: { seq: backup.manifest?.seq ?? null, removed: removed.map(({ path }) => path) },
    })
  })
  return { backup, removed: removed.map(({ path }) => path) }
}
