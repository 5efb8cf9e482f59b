import { defineAdminArea } from '@koyalite/access'

/** What operators keep for themselves while they use the studio: theirs, whatever their role. */
export const STUDIO_AREA = defineAdminArea({ name: 'studio', read: 'viewer', write: 'viewer', scope: null })
