import { defineAdminArea } from '@koyalite/access'

/** Where webhooks are sent to decides who gets documents: only those who may read all of them say it. */
export const WEBHOOKS_AREA = defineAdminArea({ name: 'webhooks', read: 'viewer', write: 'admin', scope: 'admin' })
