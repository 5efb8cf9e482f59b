import { readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve, sep } from 'node:path'

/**
 * The settings of TypeScript for a build, as JSON: the project's own aliases and JSX, and what the server puts above them. They are those of functions/tsconfig.json, else of the project's.
 */
export function buildTsconfig(dir: string, fixed: Aliases, jsx: Readonly<Record<string, string>> = {}): string {
  const files = [join(dir, 'functions', 'tsconfig.json'), join(dir, 'tsconfig.json')]
  const own = files.map((file) => optionsIn(file, dir, MAX_EXTENDED)).find((options) => options !== null)
  const compilerOptions = { ...own, ...jsx, paths: { ...own?.paths, ...fixed } }
  return JSON.stringify({ compilerOptions })
}

/** With absolute paths. */
interface BuildOptions {
  readonly baseUrl?: string
  readonly paths?: Readonly<Record<string, readonly string[]>>
  readonly [jsx: string]: unknown
}

const JSX = ['jsx', 'jsxFactory', 'jsxFragmentFactory', 'jsxImportSource'] as const
const MAX_SIZE = 100_000
/** Files that extend one another. */
const MAX_EXTENDED = 5

/** Null where the file is not there or cannot be read: editors point at what is wrong with it. */
function optionsIn(file: string, dir: string, left: number): BuildOptions | null {
  const read = readConfig(file)
  if (read === null) return null
  const folder = dirname(file)
  const { compilerOptions: given, extends: extended } = read
  const options = isMap(given) ? given : {}
  const base = typeof extended === 'string' ? baseOf(resolve(folder, extended), dir, left) : null
  const jsx = Object.fromEntries(
    JSX.flatMap((name) => (typeof options[name] === 'string' ? [[name, options[name]]] : [])),
  )
  const baseUrl = typeof options.baseUrl === 'string' ? resolve(folder, options.baseUrl) : base?.baseUrl
  const paths = isAliases(options.paths) ? absolute(options.paths, baseUrl ?? folder) : base?.paths
  return { ...base, ...jsx, ...(baseUrl !== undefined && { baseUrl }), ...(paths !== undefined && { paths }) }
}

/** Another file of the project; one of a package has no aliases. */
function baseOf(file: string, dir: string, left: number): BuildOptions | null {
  if (left === 0 || !file.startsWith(dir + sep)) return null
  return optionsIn(file.endsWith('.json') ? file : `${file}.json`, dir, left - 1)
}

function readConfig(file: string): Readonly<Record<string, unknown>> | null {
  try {
    if (statSync(file).size > MAX_SIZE) return null
    const parsed: unknown = Bun.JSONC.parse(readFileSync(file, 'utf8'))
    return isMap(parsed) ? parsed : null
  } catch {
    return null
  }
}

function absolute(paths: Aliases, base: string): Aliases {
  // Declarations are for editors: what they are of is found as if nothing were said.
  const ofCode = Object.entries(paths).filter(([, targets]) => !targets.every((target) => target.endsWith('.d.ts')))
  return Object.fromEntries(ofCode.map(([name, targets]) => [name, targets.map((target) => resolve(base, target))]))
}

type Aliases = Readonly<Record<string, readonly string[]>>

function isAliases(paths: unknown): paths is Aliases {
  const isTargets = (value: unknown) => Array.isArray(value) && value.every((target) => typeof target === 'string')
  return isMap(paths) && Object.values(paths).every(isTargets)
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
