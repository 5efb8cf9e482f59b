import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import {
  type Environment,
  formatSettingsProblem,
  loadSettings,
  processEnvironment,
  type Settings,
} from '@koyalite/kernel'
import { checkRules, ruleWarnings } from '@koyalite/query'
import { formatProblem, parseSchema, type Schema } from '@koyalite/schema'
import { settingsProblems } from './open-files'
import { ProjectError } from './project-error'

export interface LoadOptions {
  readonly dir: string
  /** The command that serves, where one does: `start` is production where KOYALITE_ENV does not say otherwise. */
  readonly mode?: 'dev' | 'start'
  /** Settings by path (`server.port`), stronger than every file. */
  readonly overrides?: Readonly<Record<string, string>>
}

/** What is loaded from the project's folder; a reload replaces it as a whole. */
export interface Loaded {
  readonly settings: Settings
  /** KOYALITE_ENV: which overlay and which seeds belong to it. */
  readonly environment: Environment
  readonly schema: Schema
  /** What is valid in schema.yaml and koyalite.yaml, and hardly what its author means. */
  readonly warnings: readonly string[]
}

/** The same, where schema.yaml may have mistakes: then there is no schema. */
export interface ReadProject extends Omit<Loaded, 'schema'> {
  readonly schema: Schema | null
  /** What is wrong with schema.yaml; empty where nothing is. */
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
 * mended the file. Throws ProjectError where the settings are wrong, or there is no schema.yaml at all.
 */
export async function readProject(options: LoadOptions): Promise<ReadProject> {
  const dir = resolve(options.dir)
  const settings = loadSettings({
    dir,
    env: processEnvironment(),
    defaultEnvironment: options.mode === 'start' ? 'production' : 'dev',
    overrides: options.overrides ?? {},
  })
  const parsed = parseSchema(await readSchema(dir), { file: 'schema.yaml' })
  const found = parsed.ok ? checkRules(parsed.schema, { file: 'schema.yaml' }) : parsed.problems
  const problems = found.map(formatProblem)
  const ofSettings = settings.ok ? settingsProblems(settings.settings) : settings.problems.map(formatSettingsProblem)
  if (!settings.ok || ofSettings.length > 0) throw new ProjectError([...ofSettings, ...problems])
  const schema = parsed.ok && problems.length === 0 ? parsed.schema : null
  const ofRules = schema === null ? [] : ruleWarnings(schema, { file: 'schema.yaml' }).map(formatProblem)
  const warnings = [...settings.withoutEffect.map(formatSettingsProblem), ...ofRules]
  return { settings: settings.settings, environment: settings.environment, schema, problems, warnings }
}

/** What to say where something else is used instead of a schema.yaml with mistakes. */
export function brokenSchemaLines(problems: readonly string[]): readonly string[] {
  return problems.length === 0 ? [] : ['schema.yaml has mistakes; the schema of the database is used:', ...problems]
}

/** The text of schema.yaml. Throws ProjectError where there is none. */
export async function readSchema(dir: string): Promise<string> {
  try {
    return await readFile(join(dir, 'schema.yaml'), 'utf8')
  } catch {
    throw new ProjectError([
      `There is no schema.yaml in ${dir}. Make a project with 'koyalite init', or name its folder with --dir.`,
    ])
  }
}

/** Absolute path of the database file, or `:memory:`. */
export function databasePathOf(dir: string, settings: Settings): string {
  return settings.database.path === ':memory:' ? ':memory:' : resolve(dir, settings.database.path)
}
