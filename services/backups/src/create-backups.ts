import { SYSTEM } from '@koyalite/contracts'
import type { Route } from '@koyalite/kernel'
import type { BackupsContext } from './backups-context'
import { backupAndPrune } from './operations/backup-and-prune'
import { backupRoutes } from './routes'
import { type BackupSchedule, createBackupSchedule } from './schedule/backup-schedule'

export interface Backups {
  readonly routes: readonly Route[]
  /** Follows the schedule of the settings from now on. Only a server does: a command would not live long enough. */
  start(): void
  stop(): void
}

/** Backups, dumps, reset and doctor of an open project. */
export function createBackups(parts: Omit<BackupsContext, 'schedule'>): Backups {
  const schedule: BackupSchedule = createBackupSchedule(async ({ keep }) => {
    try {
      const { backup, removed } = await backupAndPrune(context, SYSTEM, { keep })
      parts.log.info({ backup: backup.path, removed }, 'a scheduled backup was made')
      return backup.path
    } catch (error) {
      parts.log.error({ err: error }, 'the scheduled backup failed')
      throw error
    }
  })
  const context: BackupsContext = { ...parts, schedule }
  return {
    routes: backupRoutes(context),
    start() {
      const { schedule: line, keep } = parts.settings.backups
      schedule.follow({ schedule: line, keep })
    },
    stop: () => schedule.stop(),
  }
}
