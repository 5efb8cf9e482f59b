import type { DenialObserver, DryRun, UserDirectory } from '@koyalite/contracts'
import { type CommandLine, type DevNotes, defineService, type HttpSettings } from '@koyalite/kernel'
import type { CelDocument } from '@koyalite/query'
import type { Schema } from '@koyalite/schema'
import type { Database } from '@koyalite/sqlite'
import { rulesRoutes } from './http/rules-routes'
import type { RuleSandbox } from './rules-context'
import { projectTests } from './run/project-tests'
import { createDenialReporter } from './why-not/denial-reporter'

export interface RulesNeeds {
  readonly database: Database
  /** The project's folder, which has its rule tests. */
  readonly dir: string
  readonly data: { readonly users: Pick<UserDirectory, 'byId' | 'byEmail'>; readonly dryRun: DryRun<CelDocument> }
  /** Opens the API of a schema on an empty database in memory: it answers as the server would. */
  openSandbox(loaded: LoadedRules): Promise<RuleSandbox>
  readonly devNotes: DevNotes
  /** How whoever develops with this types a command; null under `start`. */
  readonly commandLine: CommandLine | null
  readonly loaded: LoadedRules
}

export interface LoadedRules {
  readonly schema: Schema
  readonly settings: { readonly server: HttpSettings & { readonly query_timeout: number } }
}

export interface RulesPort {
  /** Explains what rules deny; null under `start`. */
  readonly denials: DenialObserver | null
}

/** Why rules decide as they do, and whether they do what their tests say. */
export const rulesService = defineService({
  name: 'rules',
  open({ database, dir, data, openSandbox, devNotes, commandLine, loaded }: RulesNeeds) {
    let { schema } = loaded
    const context = () => ({ ...data, database, schema })
    const denials = commandLine && createDenialReporter({ context, devNotes, commandLine })
    const port: RulesPort = { denials }
    return {
      port,
      use(next) {
        schema = next.schema
      },
      routes: (next) =>
        rulesRoutes({
          ...{ ...data, database, schema: next.schema },
          openSandbox: () => openSandbox(next),
          queryTimeoutMs: next.settings.server.query_timeout,
          readTests: () => projectTests(dir),
        }),
    }
  },
})
