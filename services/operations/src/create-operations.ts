import { SYSTEM } from '@koyalite/contracts'
import type { Route } from '@koyalite/kernel'
import { backupRoutes } from './http/backup-routes'
import { databaseRoutes } from './http/database-routes'
import { backupAndPrune } from './operations/backup-and-prune'
import type { OperationsContext } from './operations-context'
import type { SchedulePlan } from './schedule/backup-schedule'

export interface OperationsService {
  readonly routes: readonly Route[]
  /** Makes a backup because its time has come. Returns where it is. */
  scheduled(plan: SchedulePlan): Promise<string>
}

/** Backups, dumps, reset and doctor of an open project. */
export function createOperations(context: OperationsContext): OperationsService {
  return {
    routes: [...backupRoutes(context), ...databaseRoutes(context)],
    async scheduled({ keep }) {
      const { backup, removed } = await backupAndPrune(context, SYSTEM, { keep })
      context.log.info({ backup: backup.path, removed }, 'scheduled backup completed')
      return backup.path
    },
  }
}
