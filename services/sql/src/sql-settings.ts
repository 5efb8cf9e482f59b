import { duration, integer, type SettingsOf, section } from '@koyalite/kernel'

export const SQL_SETTINGS = {
  sql: section({
    timeout: duration('30s', 'How long a statement of the SQL console may read'),
    fetch_timeout: duration('5m', 'How long a reader of the rows of the SQL console may let them wait, all together'),
    max_rows: integer(1_000_000, { min: 1 }, 'How many rows a statement of the SQL console may return'),
  }),
}

export type SqlSettings = SettingsOf<typeof SQL_SETTINGS>
