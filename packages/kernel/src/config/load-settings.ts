import { readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { didYouMean } from '@koyalite/contracts'
import type { SettingsDeclaration } from './declare-settings'
import { expandVariables, type Variables } from './expand-variables'
import { describeOrigin, type LocatedValue, locateValue, mergeValues, wrapValue } from './located-value'
import { checkReferences, resolveReferences } from './secret-references'
import { readSettingsFile } from './settings-file'
import type { SettingsProblem } from './settings-problem'
import { typeTexts } from './typed-texts'
import { validateSettings } from './validate-settings'
import { variableOverrides } from './variable-overrides'

export const ENVIRONMENTS = ['dev', 'staging', 'production'] as const
export type Environment = (typeof ENVIRONMENTS)[number]

export interface LoadOptions<Settings extends { readonly name: string }> {
  readonly declaration: SettingsDeclaration<Settings>
  /** The project's folder. */
  readonly dir: string
  readonly env: Variables
  /** Used where KOYALITE_ENV is not set. */
  readonly defaultEnvironment?: Environment
  /** By path (`server.port`), as text: command-line flags. They win over everything. */
  readonly overrides?: Readonly<Record<string, string>>
  /** By name (`koyalite.yaml`, `.env`): what files say instead of what is in them, to try it out. */
  readonly drafts?: Readonly<Record<string, string>>
}

export type LoadedSettings<Settings> =
  | {
      readonly ok: true
      readonly settings: Settings
      readonly environment: Environment
      /** Where each option that is not at its default was set: `server.port` → `koyalite.yaml:3:9`. */
      readonly sources: ReadonlyMap<string, string>
      /** What `${VAR}` stands for in the project's files: the process's environment, then .env.<env>, then .env. */
      readonly variables: Variables
      /** All that was set, as it was written. */
      readonly written: LocatedValue
      /** Optional settings that stay unset because their variable is. */
      readonly warnings: readonly SettingsProblem[]
      /** Files with secrets that others may read. */
      readonly secretWarnings: readonly string[]
      /** The files that were read; a watcher reloads when one of `files` changes or appears. */
      readonly files: readonly string[]
    }
  | { readonly ok: false; readonly problems: readonly SettingsProblem[]; readonly files: readonly string[] }

/**
 * Reads a project's settings. From weakest to strongest: defaults, koyalite.yaml, koyalite.<env>.yaml, variables named
 * KOYALITE_<PATH> of .env, of .env.<env>, of the process; then `overrides`. All problems are found in one go.
 */
export function loadSettings<Settings extends { readonly name: string }>(
  options: LoadOptions<Settings>,
): LoadedSettings<Settings> {
  const { dir, declaration, drafts = {} } = options
  const { tree } = declaration
  const textOf = (name: string) => drafts[name] ?? readText(join(dir, name))
  const dotenv = parseEnv(textOf('.env') ?? '')
  const chosen = options.env.KOYALITE_ENV ?? dotenv.KOYALITE_ENV ?? options.defaultEnvironment ?? 'dev'
  const environment = ENVIRONMENTS.find((name) => name === chosen)
  const names = ['koyalite.yaml', `koyalite.${environment ?? 'dev'}.yaml`, '.env', `.env.${environment ?? 'dev'}`]
  const files = names.map((name) => join(dir, name))
  const overlayEnv = environment === undefined ? {} : parseEnv(textOf(`.env.${environment}`) ?? '')

  const problems: SettingsProblem[] = []
  if (environment === undefined) {
    const message = `must be one of ${ENVIRONMENTS.join(', ')}${didYouMean(chosen, ENVIRONMENTS)}`
    problems.push({ at: { kind: 'variable', name: 'KOYALITE_ENV', file: null }, message })
  }
  const layers: LocatedValue[] = [
    wrapValue(['name'], locateValue(basename(resolve(dir)) || 'app', { kind: 'default' }, false)),
  ]
  const add = (layer: { readonly value: LocatedValue; readonly problems: readonly SettingsProblem[] }) => {
    layers.push(layer.value)
    problems.push(...layer.problems)
  }
  for (const name of names.slice(0, 2)) {
    const text = textOf(name)
    if (text !== null) add(readSettingsFile(name, text))
  }
  problems.push(...checkReferences(tree, layers.reduce(mergeValues)))
  const variables: Variables = { ...dotenv, ...overlayEnv, ...options.env }
  const fromFiles = expandVariables(tree, layers.reduce(mergeValues), variables)
  problems.push(...fromFiles.problems)
  layers.splice(0, layers.length, fromFiles.value)
  add(variableOverrides(tree, dotenv, '.env'))
  add(variableOverrides(tree, overlayEnv, `.env.${environment}`))
  add(variableOverrides(tree, options.env, null))
  for (const [path, text] of Object.entries(options.overrides ?? {})) {
    layers.push(wrapValue(path.split('.'), locateValue(text, { kind: 'override', name: path }, true)))
  }
  const references = resolveReferences(tree, layers.reduce(mergeValues), dir)
  problems.push(...references.problems)
  layers.push(...references.layers)
  const value = layers.map((layer) => typeTexts(layer, tree)).reduce(mergeValues)
  const validation = validateSettings(declaration, value)
  if (!validation.ok) problems.push(...validation.problems)
  if (!validation.ok || environment === undefined || problems.length > 0) return { ok: false, problems, files }
  const { settings } = validation
  return {
    ok: true,
    settings,
    environment,
    variables,
    sources: sourcesOf(value),
    written: value,
    warnings: fromFiles.warnings,
    secretWarnings: references.warnings,
    files,
  }
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

function sourcesOf(root: LocatedValue): ReadonlyMap<string, string> {
  const sources = new Map<string, string>()
  const visit = (value: LocatedValue, path: string) => {
    if (value.kind === 'map') {
      for (const [key, entry] of value.entries) visit(entry.value, path === '' ? key : `${path}.${key}`)
    } else if (value.at.kind !== 'default') {
      sources.set(path, describeOrigin(value.at))
    }
  }
  visit(root, '')
  return sources
}
