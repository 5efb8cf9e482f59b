import { defineAdminArea } from '@koyalite/access'

export const BACKUPS_AREA = defineAdminArea({ name: 'backups', read: 'admin', write: 'owner', scope: 'admin' })
