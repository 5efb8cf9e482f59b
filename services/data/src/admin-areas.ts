import { type AdminArea, defineAdminArea } from '@koyalite/access'

/** What operators did, and taking it back: matters of persons, so that no key has them. */
export const CHANGES_AREA = defineAdminArea({ name: 'changes', read: 'viewer', write: 'editor', scope: null })
/** What all operators did. */
export const ALL_CHANGES_AREA = defineAdminArea({ name: 'all_changes', read: 'admin', write: 'admin', scope: null })

export const DATA_AREAS: readonly AdminArea[] = [CHANGES_AREA, ALL_CHANGES_AREA]
