import type { DryRun, UserDirectory } from '@koyalite/contracts'
import { defineService, type HttpSettings } from '@koyalite/kernel'
import type { CelDocument } from '@koyalite/query'
import type { Schema } from '@koyalite/schema'
import type { Database } from '@koyalite/sqlite'
import { rulesRoutes } from './http/rules-routes'
import type { RuleSandbox } from './rules-context'

export interface RulesNeeds {
  readonly database: Database
  readonly data: { readonly users: Pick<UserDirectory, 'byId' | 'byEmail'>; readonly dryRun: DryRun<CelDocument> }
  /** Opens the API of a schema on an empty database in memory: it answers as the server would. */
  openSandbox(loaded: LoadedRules): Promise<RuleSandbox>
  readonly loaded: LoadedRules
}

export interface LoadedRules {
  readonly schema: Schema
  readonly settings: { readonly server: HttpSettings & { readonly query_timeout: number } }
}

/** Why rules decide as they do, and whether they do what their tests say. */
export const rulesService = defineService({
  name: 'rules',
  open: ({ database, data, openSandbox }: RulesNeeds) => ({
    port: {},
    routes: (loaded) =>
      rulesRoutes({ ...data, database, schema: loaded.schema, openSandbox: () => openSandbox(loaded) }),
  }),
})
