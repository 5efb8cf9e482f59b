import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FoundFunction } from '../../source/discovery/found-entry'
import { type Dependencies, npmRangeProblem, packageNameProblem } from '../../source/manifest/dependencies'
import type { SourceProblem } from '../../source/source-problem'

/** Packages that a function needs, as its project says. */
export interface WantedPackages {
  /** Where it is said, for messages. */
  readonly file: string
  /** Of a package.json, what decides what is installed. */
  readonly manifest: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** The lockfile, from the project's folder; null text: it is not there yet. */
  readonly lock: { readonly file: string; readonly text: string | null }
}

export type Wanted =
  | { readonly ok: true; readonly wanted: WantedPackages | null }
  | { readonly ok: false; readonly problems: readonly SourceProblem[] }

const FILE = 'functions/package.json'
const LOCK = 'functions/bun.lock'
/** All that a lockfile has of it. */
const KEYS = ['dependencies', 'optionalDependencies', 'devDependencies', 'overrides'] as const

/**
 * Those of the function's own manifest, which have a lockfile of their own; else those of functions/package.json.
 * @param dir the project's folder
 */
export function wantedPackages(
  dir: string,
  {
    found,
    dependencies,
  }: { readonly found: Pick<FoundFunction, 'name' | 'entry'>; readonly dependencies: Dependencies | null },
): Wanted {
  if (dependencies !== null) {
    const file = `functions/_locks/${found.name}.lock`
    const manifest = { dependencies: rangesOf(dependencies) }
    return { ok: true, wanted: { file: found.entry, manifest, lock: { file, text: textOf(join(dir, file)) } } }
  }
  const text = textOf(join(dir, FILE))
  if (text === null) return { ok: true, wanted: null }
  const read = readManifest(text)
  if (!read.ok || Object.keys({ ...read.manifest.dependencies, ...read.manifest.optionalDependencies }).length === 0)
    return read.ok ? { ok: true, wanted: null } : read
  return {
    ok: true,
    wanted: { file: FILE, manifest: read.manifest, lock: { file: LOCK, text: textOf(join(dir, LOCK)) } },
  }
}

function rangesOf(dependencies: Dependencies): Readonly<Record<string, string>> {
  if (dependencies.kind === 'map') return dependencies.ranges
  return Object.fromEntries(
    dependencies.items.map((item) => {
      const at = item.indexOf('@', 1)
      return at < 0 ? [item, '*'] : [item.slice(0, at), item.slice(at + 1)]
    }),
  )
}

type ReadManifest =
  | { readonly ok: true; readonly manifest: WantedPackages['manifest'] }
  | { readonly ok: false; readonly problems: readonly SourceProblem[] }

function readManifest(text: string): ReadManifest {
  const problems: SourceProblem[] = []
  const report = (message: string) => problems.push({ file: FILE, position: null, message })
  const manifest: Record<string, Readonly<Record<string, string>>> = {}
  const parsed = parse(text)
  if (parsed === null) report('is not a JSON object')
  for (const key of KEYS) {
    const written = parsed?.[key]
    if (written === undefined) continue
    if (typeof written !== 'object' || written === null) report(`'${key}' must be a map of packages`)
    for (const [name, range] of Object.entries(written ?? {})) {
      const problem = packageNameProblem(name) ?? npmRangeProblem(range)
      if (problem !== undefined) report(`'${key}' has ${name}: ${problem}`)
    }
    manifest[key] = written as Readonly<Record<string, string>>
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, manifest }
}

function parse(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const parsed: unknown = JSON.parse(text)
    return typeof parsed === 'object' && parsed !== null ? (parsed as Readonly<Record<string, unknown>>) : null
  } catch {
    return null
  }
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}
