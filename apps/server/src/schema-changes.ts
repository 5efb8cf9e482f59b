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
import { fileVersion } from './file-version'
import { filesNaming } from './files-naming'
import { type Loaded, type LoadOptions, type ReadProject, readProject, readSchema } from './load-project'
import { ownWrites } from './own-writes'
import { ProjectError } from './project-error'
import {
  diagnoseSchemaText,
  type MigratedProject,
  migrateProject,
  migrationsContext,
  readSchemaText,
} from './project-migrations'
import type { ServedServices } from './serve-services'
import type { WorkerGroup } from './worker-group'

export interface SchemaChangesOptions {
  readonly project: MigratedProject
  readonly load: LoadOptions
  readonly mode: 'dev' | 'start'
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
  /** Serves the same schema with other settings, between two changes of it. */
  useSettings(settings: Loaded['settings']): Promise<void>
  /** Ends a long change of the schema; what it has not finished is undone. False where none runs. */
  cancel(): boolean
  /** Whether a file is as this server has written it itself: then it is applied already, or is being so. @param file relative to the project's folder */
  isOwnWrite(file: string): boolean
  /** Fails while the tables are not those of the schema that is served: they were migrated, and a service could not follow. */
  readonly check: HealthCheck
  /** Resolves when nothing changes. */
  settled(): Promise<void>
}

type ReadForServing = ReadProject | { readonly schema: null; readonly problems: readonly string[] }
type Target = Loaded & { readonly problems?: readonly string[] }

export function createSchemaChanges(options: SchemaChangesOptions): SchemaChanges {
  const { project, load, mode, services, workers, runner, log, servable } = options
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
  const cancel = (why?: string) => runner?.cancel(why) ?? false
  /** Writes wait for a change: one that somebody far away asks for may not go on for ever. */
  const limited = () => {
    const { timeout } = services().current().settings.migrations
    return setInterval(() => cancel(tooLong(timeout)), timeout)
  }
  /** Why what is served is not what the tables are; null where it is. */
  let notFollowed: string | null = null
  let changing: Promise<unknown> = Promise.resolve()
  /** One change of the schema after the other; requests continue meanwhile, with what was served when they came. */
  let served = 0
  const own = ownWrites(project.dir)
  const change = <T extends { readonly schema: Schema }>(
    loaded: () => Promise<Target>,
    by: Actor,
    work: (context: MigrationsContext) => Promise<T>,
  ): Promise<T> => {
    const next = changing.then(async () => {
      const { problems = [], ...target } = await loaded()
      const before = stored()
      const limit = by.kind === 'system' ? undefined : limited()
      try {
        await workers()?.pause()
        const result = await work({ ...(await migrationsContext(project, target.schema, by)), problems })
        services().use({ ...target, schema: servable(result.schema, target.schema) })
        served++
        notFollowed = null
        return result
      } catch (error) {
        if (stored() !== before) {
          notFollowed = error instanceof Error ? error.message : String(error)
          log.error({ err: error }, NOT_FOLLOWED)
        }
        throw error
      } finally {
        clearInterval(limit)
        await workers()?.resume(services().current())
      }
    })
    changing = next.catch(() => {})
    return next
  }
  return {
    host: {
      load: async () => {
        const { problems, ...target } = await ofFiles()
        return { ...(await migrationsContext(project, target.schema, SYSTEM)), problems }
      },
      change: (by, work) => change(ofFiles, by, work),
      parse: readSchemaText,
      diagnose: diagnoseSchemaText,
      readSource: () => readSchema(project.dir),
      writeSource: (text) => own.write('schema.yaml', text),
      writeFile: (file, text) => own.write(file, text),
      filesNaming: (renames) => filesNaming(project.dir, renames),
      refusal: () => {
        const { schema_changes } = services().current().settings.studio
        return mode === 'dev' || schema_changes ? null : REFUSAL
      },
      version: async () => `${served}.${await fileVersion(project.dir)}`,
      running: () => runner?.running() ?? null,
      cancel: () => cancel(),
    },
    replace: (loaded) =>
      change(
        async () => loaded,
        SYSTEM,
        (context) => migrateProject(context, 'apply'),
      ),
    async useSettings(settings) {
      const target = async () => ({ ...services().current(), settings })
      await change(target, SYSTEM, async () => ({ schema: services().current().schema }))
    },
    cancel: () => cancel(),
    isOwnWrite: own.isOwn,
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

const REFUSAL =
  'The schema is read-only here: this server does not run under koyalite dev. To change it in the studio even so, set studio.schema_changes: true in koyalite.yaml.'

const NOT_FOLLOWED =
  'The database was migrated, but the server could not follow and still serves the schema of before: restart it'

function tooLong(ms: number): string {
  return `The migration was stopped after ${ms / 1000} s, the limit of migrations.timeout (koyalite migrate apply has none),`
}

/** As readProject; settings with mistakes hold up what needs the files, and nothing else: those that are served stay. */
async function readForServing(options: LoadOptions): Promise<ReadForServing> {
  try {
    return await readProject(options)
  } catch (error) {
    if (!(error instanceof ProjectError)) throw error
    return { schema: null, problems: error.problems }
  }
}
