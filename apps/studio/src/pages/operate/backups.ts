import type { ListBackupsResponse } from '@koyalite/client/admin'

export type Backups = ListBackupsResponse
export type Backup = Backups['backups'][number]

/** Under which the list is kept. */
export const BACKUPS_KEY = ['backups']
