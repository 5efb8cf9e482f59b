import { resolve } from 'node:path'
import type { OperationsContext } from './operations-context'

/** Where backups are, unless somebody names another place: `backups.dir`, as an absolute path. */
export function backupsFolder({ dir, settings }: Pick<OperationsContext, 'dir' | 'settings'>): string {
  return resolve(dir, settings.backups.dir)
}
