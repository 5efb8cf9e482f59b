import { basename } from 'node:path'
import type { Retention } from '@koyalite/kernel'
import { backupsIn, type FoundBackup, removeBackup } from '../backup-place'

/** Made by name, not those that a person has called something else. */
const MADE_BY_NAME = /^koyalite-\d{8}T\d{6}Z(?:-\d+)?$/

export interface PruneBackups {
  readonly keep: Retention
  /** The one that was made just now: the newest, whatever the clock says, which may have gone back. */
  readonly made: string
  readonly now: number
  /** Paths of those that somebody needs at the moment. */
  readonly inUse: ReadonlySet<string>
}

/** Removes what exceeds the retention, but never the newest one. Returns the removed. */
export async function pruneBackups(
  folder: string,
  { keep, made, now, inUse }: PruneBackups,
): Promise<readonly FoundBackup[]> {
  const backups = (await backupsIn(folder)).filter(({ path }) => MADE_BY_NAME.test(basename(path)) && path !== made)
  const newer = MADE_BY_NAME.test(basename(made)) ? 1 : 0
  const old = backups.filter((backup, index) => {
    if (index + newer === 0) return false
    if ('count' in keep) return index + newer >= keep.count
    return Date.parse(backup.manifest?.created_at ?? '') < now - keep.ageMs
  })
  const removed = old.filter(({ path }) => !inUse.has(path))
  for (const backup of removed) await removeBackup(backup)
  return removed
}
