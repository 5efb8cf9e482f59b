import { flag, type SettingsOf, section } from '@koyalite/kernel'

export const STUDIO_SETTINGS = {
  studio: section({ enabled: flag(true, 'Whether /_/ serves the studio') }),
}

export type StudioSettings = SettingsOf<typeof STUDIO_SETTINGS>
