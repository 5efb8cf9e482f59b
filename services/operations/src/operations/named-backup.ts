import { basename } from 'node:path'
import { AppError } from '@koyalite/contracts'
import { backupsIn, type FoundBackup } from '../backup-place'
import { backupsFolder } from '../backups-folder'
import type { OperationsContext } from '../operations-context'

/** One of those in `backups.dir`. Throws NOT_FOUND. */
export async function namedBackup(context: OperationsContext, name: string): Promise<FoundBackup> {
  const backups = await backupsIn(backupsFolder(context))
  const found = backups.find(({ path }) => basename(path) === name)
  if (found === undefined) throw new AppError('NOT_FOUND', `There is no backup '${name}'.`)
  return found
}
