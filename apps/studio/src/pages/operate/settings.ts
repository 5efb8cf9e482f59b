import type { ListSettingsResponse } from '@koyalite/client/admin'

export type Setting = ListSettingsResponse['options'][number]

/** Under which the list is kept. */
export const SETTINGS_KEY = ['settings']
