import { SETTINGS_AREA } from '@koyalite/access'
import { SYSTEM } from '@koyalite/contracts'
import { defineService, type Tasks } from '@koyalite/kernel'
import { BACKUPS_AREA } from './admin-areas'
import { BACKUP_SETTINGS } from './backup-settings'
import { checkStarted } from './doctor/check-serving'
import type { Finding } from './doctor/finding'
import { backupRoutes } from './http/backup-routes'
import { backupUploadRoutes } from './http/backup-upload-routes'
import { commandRoutes } from './http/command-routes'
import { databaseRoutes } from './http/database-routes'
import { restoreRoutes } from './http/restore-routes'
import { settingsRoutes } from './http/settings-routes'
import { backupAndPrune } from './operations/backup-and-prune'
import type { OperationsContext } from './operations-context'
import { createBackupSchedule } from './schedule/backup-schedule'
import { OPERATIONS_TABLES } from './store/commands'

/** What a reload of the project may replace. */
type LoadedProject = Pick<OperationsContext, 'schema' | 'settings' | 'environment' | 'variables'>

export interface OperationsNeeds extends Omit<OperationsContext, keyof LoadedProject | 'schedule' | 'inRestore'> {
  readonly tasks: Pick<Tasks, 'add'>
  readonly loaded: LoadedProject
}

export interface OperationsPort {
  /** Checks for production, of which `start` prints those that are not ok. */
  checkServing(): Promise<readonly Finding[]>
}

/** Backups, dumps, reset and doctor of an open project. The plan of backups outlives reloads: it may have been set since the settings were read. */
export const operationsService = defineService({
  name: 'operations',
  tables: OPERATIONS_TABLES,
  settings: BACKUP_SETTINGS,
  adminAreas: [BACKUPS_AREA, SETTINGS_AREA],
  open({ tasks, loaded, ...needs }: OperationsNeeds) {
    const schedule = createBackupSchedule(tasks, async ({ keep }) => {
      const { backup, removed } = await backupAndPrune(context, SYSTEM, { keep })
      needs.log.info({ backup: backup.path, removed }, 'scheduled backup completed')
      return backup.path
    })
    const inRestore = new Set<string>()
    const contextOf = ({ schema, settings, environment, variables }: LoadedProject): OperationsContext => ({
      ...needs,
      ...{ schedule, inRestore, schema, settings, environment, variables },
    })
    let context = contextOf(loaded)
    schedule.followSettings(loaded.settings.backups)
    const port: OperationsPort = { checkServing: () => checkStarted(context) }
    return {
      port,
      use(next) {
        context = contextOf(next)
        schedule.followSettings(next.settings.backups)
      },
      routes: () => [
        ...backupRoutes(context),
        ...backupUploadRoutes(context),
        ...restoreRoutes(context),
        ...databaseRoutes(context),
        ...commandRoutes(context),
        ...settingsRoutes(context),
      ],
    }
  },
})
