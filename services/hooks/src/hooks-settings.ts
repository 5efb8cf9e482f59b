import { atStart, flag, type SettingsOf, section } from '@koyalite/kernel'

export const HOOKS_SETTINGS = {
  hooks: section({
    enabled: atStart(
      flag(true, 'Whether the files of the folder hooks/ run; without them writes do less than the project says'),
    ),
  }),
}

export type HooksSettings = SettingsOf<typeof HOOKS_SETTINGS>
