import { defineAdminArea } from '@koyalite/access'

export const BACKUPS_AREA = defineAdminArea({ name: 'backups', read: 'admin', write: 'owner', scope: 'admin' })
export const SETTINGS_AREA = defineAdminArea({ name: 'settings', read: 'viewer', write: 'owner', scope: 'admin' })
