import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import {
  type Environment,
  formatSettingsProblem,
  loadSettings,
  processEnvironment,
  type Variables,
} from '@koyalite/kernel'
import { formatProblem, type Schema } from '@koyalite/schema'
import { checkSchemaText } from './check-schema-text'
import { SETTINGS, type Services, type Settings } from './compose'
import { settingsProblems } from './open-files'
import { ProjectError } from './project-error'

export interface LoadOptions {
  readonly dir: string
  /** The command that serves, where one does: `start` is production where KOYALITE_ENV does not say otherwise. */
  readonly mode?: 'dev' | 'start'
  /** Settings by path (`server.port`), stronger than every file. */
  readonly overrides?: Readonly<Record<string, string>>
  /** By default SERVICES. */
  readonly services?: Services
}

/** What is loaded from the project's folder; a reload replaces it as a whole. */
export interface Loaded extends LoadedBase {
  readonly settings: Settings
}

/** The same without the settings, which depend on what services there are. */
export interface LoadedBase {
  /** KOYALITE_ENV: which overlay and which seeds belong to it. */
  readonly environment: Environment
  /** What `${VAR}` stands for in the project's files. */
  readonly variables: Variables
  readonly schema: Schema
  /** What is valid in schema.yaml and koyalite.yaml, and hardly what its author means. */
  readonly warnings: readonly string[]
}

/** The same, where schema.yaml may have mistakes: then there is no schema. */
export interface ReadProject extends Omit<Loaded, 'schema'> {
  readonly schema: Schema | null
  /** What is wrong with schema.yaml, which may be missing; empty where nothing is. */
  readonly problems: readonly string[]
}

/** Reads and checks settings and schema. Throws ProjectError with everything that is wrong. */
export async function loadProject(options: LoadOptions): Promise<Loaded> {
  const { schema, problems, ...rest } = await readProject(options)
  if (schema === null) throw new ProjectError(problems)
  return { ...rest, schema }
}

/**
 * Reads settings and schema for those who can do without the schema: with a database that has one, keys, users and backups need not wait until somebody has
 * mended the file. Throws ProjectError where the settings are wrong.
 */
export async function readProject(options: LoadOptions): Promise<ReadProject> {
  const dir = resolve(options.dir)
  const settings = readSettings(dir, options)
  const { schema, problems, warnings } = checkProjectSchema(dir, await readSchema(dir))
  const ofSettings = settings.ok ? settingsProblems(settings.settings) : settings.problems.map(formatSettingsProblem)
  if (!settings.ok || ofSettings.length > 0) throw new ProjectError([...ofSettings, ...problems])
  return {
    ...{ settings: settings.settings, environment: settings.environment, variables: settings.variables },
    ...{ schema, problems, warnings },
  }
}

/**
 * Throws ProjectError where a file of settings is there and cannot be read.
 * @param drafts what some files are to say, by their names
 */
export function readSettings(
  dir: string,
  { mode, overrides = {}, services, drafts = {} }: LoadOptions & { readonly drafts?: Readonly<Record<string, string>> },
) {
  try {
    const defaultEnvironment = mode === 'start' ? 'production' : 'dev'
    const declaration = services?.settings ?? SETTINGS
    return loadSettings({ declaration, dir, env: processEnvironment(), defaultEnvironment, overrides, drafts })
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error
    throw new ProjectError([
      `the settings in ${dir} cannot be read (${error.message}): koyalite.yaml and .env must be files`,
    ])
  }
}

function checkProjectSchema(dir: string, text: string | null): Pick<ReadProject, 'schema' | 'problems' | 'warnings'> {
  if (text === null) {
    const missing = `${dir} has no schema.yaml. Create a project with 'koyalite init', or pass its folder with --dir.`
    return { schema: null, problems: [missing], warnings: [] }
  }
  const { schema, problems, warnings } = checkSchemaText(text)
  return { schema, problems: problems.map(formatProblem), warnings: warnings.map(formatProblem) }
}

/** What to say where something else is used instead of a schema.yaml with mistakes. */
export function brokenSchemaLines(problems: readonly string[]): readonly string[] {
  return problems.length === 0
    ? []
    : ['schema.yaml has errors; the schema stored in the database is used:', ...problems]
}

/** What to say where a server continues with the settings that it has read before they got mistakes. */
export function brokenSettingsLines(problems: readonly string[]): readonly string[] {
  return problems.length === 0 ? [] : ['The settings have errors; the previous settings stay in effect:', ...problems]
}

/** The text of schema.yaml; null where there is no such file. */
export async function readSchema(dir: string): Promise<string | null> {
  return await readFile(join(dir, 'schema.yaml'), 'utf8').catch(() => null)
}

/** Absolute path of the database file, or `:memory:`. */
export function databasePathOf(dir: string, settings: Settings): string {
  return settings.database.path === ':memory:' ? ':memory:' : resolve(dir, settings.database.path)
}
