import { SCHEMA_AREA } from '@koyalite/access'
import { defineService } from '@koyalite/kernel'
import { migrationRoutes } from './http/migration-routes'
import type { MigrationHost } from './migration-host'

export interface MigrationsNeeds {
  readonly migrations: MigrationHost
}

/** Tables that follow the schema: what the admin API knows and does of it. */
export const migrationsService = defineService({
  name: 'schema',
  adminAreas: [SCHEMA_AREA],
  open: ({ migrations }: MigrationsNeeds) => ({ port: {}, routes: () => migrationRoutes(migrations) }),
})
