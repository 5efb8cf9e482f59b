import { SCHEMA_AREA } from '@koyalite/access'
import { defineService } from '@koyalite/kernel'
import type { Database } from '@koyalite/sqlite'
import { migrationRoutes } from './http/migration-routes'
import { usageRoute } from './http/usage-route'
import type { MigrationHost } from './migration-host'
import { MIGRATIONS_SETTINGS } from './migrations-settings'
import type { QueryUse } from './operations/schema-usage'

export interface MigrationsNeeds {
  readonly migrations: MigrationHost
  readonly database: Database
  readonly observe: QueryUse
}

/** Tables that follow the schema: what the admin API knows and does of it. */
export const migrationsService = defineService({
  name: 'schema',
  settings: MIGRATIONS_SETTINGS,
  adminAreas: [SCHEMA_AREA],
  open: ({ migrations, database, observe: queries }: MigrationsNeeds) => ({
    port: {},
    routes: ({ schema }) => [...migrationRoutes(migrations), usageRoute({ database, queries, schema: () => schema })],
  }),
})
