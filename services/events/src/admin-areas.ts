import { defineAdminArea } from '@koyalite/access'

/** Who is given events, and how far they are: nothing of what happened. */
export const EVENTS_AREA = defineAdminArea({ name: 'events', read: 'viewer', write: 'admin', scope: 'admin' })
