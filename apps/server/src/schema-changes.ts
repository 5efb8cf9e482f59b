import { type Actor, SYSTEM } from '@koyalite/contracts'
import type { HealthCheck, Log } from '@koyalite/kernel'
import {
  type MigrationHost,
  type MigrationRunner,
  type MigrationsContext,
  storedSchema,
  type UpToDate,
} from '@koyalite/migrations'
import { type Schema, serializeSchema } from '@koyalite/schema'
import { type Loaded, type LoadOptions, type ReadProject, readProject, readSchema } from './load-project'
import { ProjectError } from './project-error'
import {
  type MigratedProject,
  migrateProject,
  migrationsContext,
  readSchemaText,
  writeSchemaText,
} from './project-migrations'
import type { ServedServices } from './serve-services'
import type { WorkerGroup } from './worker-group'

export interface SchemaChangesOptions {
  readonly project: MigratedProject
  readonly load: LoadOptions
  readonly services: () => ServedServices
  readonly workers: () => WorkerGroup | null
  readonly runner: MigrationRunner | null
  readonly log: Pick<Log, 'error'>
  /** What of a schema can be served. @param loaded what was checked when it was loaded */
  readonly servable: (schema: Schema, loaded: Schema) => Schema
}

/** How the schema changes while it is served. */
export interface SchemaChanges {
  /** For the admin API. */
  readonly host: MigrationHost
  /** Serves these settings and this schema from now on. The database is migrated first; where that fails, what it is then is served. */
  replace(loaded: Loaded): Promise<UpToDate>
  /** Ends a long change of the schema; what it has not finished is undone. False where none runs. */
  cancel(): boolean
  /** Fails while the tables are not those of the schema that is served: they were migrated, and a service could not follow. */
  readonly check: HealthCheck
  /** Resolves when nothing changes. */
  settled(): Promise<void>
}

type ReadForServing = ReadProject | { readonly schema: null; readonly problems: readonly string[] }
type Target = Loaded & { readonly problems?: readonly string[] }

export function createSchemaChanges(options: SchemaChangesOptions): SchemaChanges {
  const { project, load, services, workers, runner, log, servable } = options
  /** What is served, with the schema of the files as they are now; where that has mistakes, with its own. */
  const ofFiles = async (): Promise<Loaded & { readonly problems: readonly string[] }> => {
    const current = services().current()
    const read = await readForServing(load)
    const { problems } = read
    return read.schema === null
      ? { ...current, problems }
      : { ...current, schema: read.schema, warnings: read.warnings, problems }
  }
  const stored = () => {
    const schema = storedSchema(project.database)
    return schema && serializeSchema(schema)
  }
  /** Why what is served is not what the tables are; null where it is. */
  let notFollowed: string | null = null
  let changing: Promise<unknown> = Promise.resolve()
  /** One change of the schema after the other; requests continue meanwhile, with what was served when they came. */
  const change = <T extends { readonly schema: Schema }>(
    loaded: () => Promise<Target>,
    by: Actor,
    work: (context: MigrationsContext) => Promise<T>,
  ): Promise<T> => {
    const next = changing.then(async () => {
      const { problems = [], ...target } = await loaded()
      const before = stored()
      try {
        await workers()?.pause()
        const result = await work({ ...(await migrationsContext(project, target.schema, by)), problems })
        services().use({ ...target, schema: servable(result.schema, target.schema) })
        notFollowed = null
        return result
      } catch (error) {
        if (stored() !== before) {
          notFollowed = error instanceof Error ? error.message : String(error)
          log.error({ err: error }, NOT_FOLLOWED)
        }
        throw error
      } finally {
        await workers()?.resume(services().current())
      }
    })
    changing = next.catch(() => {})
    return next
  }
  const cancel = () => runner?.cancel() ?? false
  return {
    host: {
      load: async () => {
        const { problems, ...target } = await ofFiles()
        return { ...(await migrationsContext(project, target.schema, SYSTEM)), problems }
      },
      change: (by, work) => change(ofFiles, by, work),
      parse: readSchemaText,
      readSource: () => readSchema(project.dir),
      writeSource: (text) => writeSchemaText(project.dir, text),
      running: () => runner?.running() ?? null,
      cancel,
    },
    replace: (loaded) =>
      change(
        async () => loaded,
        SYSTEM,
        (context) => migrateProject(context, 'apply'),
      ),
    cancel,
    check: {
      name: 'schema',
      check() {
        if (notFollowed !== null) throw new Error(`${NOT_FOLLOWED}: ${notFollowed}`)
      },
    },
    async settled() {
      await changing
    },
  }
}

const NOT_FOLLOWED =
  'The database was migrated, but the server could not follow and still serves the schema of before: restart it'

/** As readProject; settings with mistakes hold up what needs the files, and nothing else: those that are served stay. */
async function readForServing(options: LoadOptions): Promise<ReadForServing> {
  try {
    return await readProject(options)
  } catch (error) {
    if (!(error instanceof ProjectError)) throw error
    return { schema: null, problems: error.problems }
  }
}
