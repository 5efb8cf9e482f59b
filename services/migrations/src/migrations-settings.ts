import { duration, type SettingsOf, section } from '@koyalite/kernel'

export const MIGRATIONS_SETTINGS = {
  migrations: section({
    timeout: duration(
      '10m',
      'How long a schema change may take that somebody asks for over the network, while writes wait; then it is rolled back',
    ),
  }),
}

export type MigrationsSettings = SettingsOf<typeof MIGRATIONS_SETTINGS>
