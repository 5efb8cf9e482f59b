import { type Dirent, readdirSync, realpathSync, statSync } from 'node:fs'
import { join, sep } from 'node:path'
import { didYouMean } from '@koyalite/contracts'
import { functionNameProblem } from '../function-name'
import type { FoundEntry, FoundFunction, Language } from './found-entry'

const FOLDER = 'functions'

/**
 * Everything in the project's `functions/`, by name: functions, what is none and why, and what is wrong. Nothing in it is run or opened. A file in the wrong
 * place is listed too: a function that never runs, and is nowhere mentioned, is missed for months.
 */
export function discoverFunctions(projectDir: string): readonly FoundEntry[] {
  const folder = join(projectDir, FOLDER)
  const entries = list(folder)
  if (entries === null) return []
  const root = realpathSync(folder)
  const items = entries.map((entry) => itemOf(entry, folder, root)).sort((a, b) => (a.name < b.name ? -1 : 1))
  const manifests = new Set(items.filter(({ name, isFile }) => isFile && isManifest(name)).map(({ name }) => name))
  const found = items.filter(({ name }) => !manifests.has(name)).map((item) => describeItem(item, folder, manifests))
  const functions = withoutDuplicates(found)
  return [...functions, ...describeManifests(manifests, functions)].sort((a, b) => (a.path < b.path ? -1 : 1))
}

interface Item {
  readonly name: string
  readonly isFile: boolean
  readonly isFolder: boolean
  /** Why it is not looked at. */
  readonly fault: string | null
}

function itemOf(entry: Dirent, folder: string, root: string): Item {
  const { name } = entry
  if (!entry.isSymbolicLink()) return { name, isFile: entry.isFile(), isFolder: entry.isDirectory(), fault: null }
  const none = { name, isFile: false, isFolder: false }
  try {
    const target = realpathSync(join(folder, name))
    if (!target.startsWith(root + sep))
      return { ...none, fault: 'is a link that leads out of functions/: copy what it leads to' }
    const stat = statSync(target)
    return { name, isFile: stat.isFile(), isFolder: stat.isDirectory(), fault: null }
  } catch {
    return { ...none, fault: 'is a link that leads nowhere' }
  }
}

const LANGUAGES: Readonly<Record<string, Language>> = {
  '.ts': 'javascript',
  '.js': 'javascript',
  '.mjs': 'javascript',
  '.py': 'python',
  '.go': 'go',
}

/** What a folder begins with; the first one that is there. */
const ENTRIES = ['index.ts', 'index.js', 'index.mjs', 'main.py', 'main.go'] as const

/** Files that package managers and tools have beside functions. */
const TOOL_FILES: ReadonlySet<string> = new Set([
  ...['package.json', 'bun.lock', 'bun.lockb', 'package-lock.json', 'yarn.lock', 'pnpm-lock.yaml', 'node_modules'],
  ...['requirements.txt', 'requirements.lock', 'pyproject.toml', 'uv.lock', 'pip.conf', '.venv', 'venv', '__pycache__'],
  ...[
    'go.mod',
    'go.sum',
    'go.work',
    'vendor',
    'deno.json',
    'deno.jsonc',
    'deno.lock',
    'tsconfig.json',
    'jsconfig.json',
  ],
  ...['biome.json', 'README.md'],
])

function describeItem(item: Item, folder: string, manifests: ReadonlySet<string>): FoundEntry {
  const { name, fault } = item
  const path = `${FOLDER}/${name}`
  const other = (reason: string): FoundEntry => ({ kind: 'other', path, reason })
  if (fault !== null) return { kind: 'fault', path, message: fault }
  if (TOOL_FILES.has(name)) return other('belongs to tools and package managers')
  if (name.startsWith('.')) return other("begins with '.'")
  if (name.startsWith('_')) return other("begins with '_': it is shared by functions")
  if (item.isFolder) return describeFolder(item, folder, manifests)
  if (!item.isFile) return other('is neither a file nor a folder')
  return describeFile(name, manifests)
}

function describeFile(name: string, manifests: ReadonlySet<string>): FoundEntry {
  const path = `${FOLDER}/${name}`
  const other = (reason: string): FoundEntry => ({ kind: 'other', path, reason })
  if (/\.test\.[^.]+$/.test(name) || name.endsWith('_test.go')) return other('is a test')
  if (/\.d\.[mc]?ts$/.test(name)) return other('has types only')
  if (name.endsWith('.lock')) return other('has the packages of a function')
  const extension = /\.[^.]*$/.exec(name)?.[0] ?? ''
  const language = Object.hasOwn(LANGUAGES, extension) ? LANGUAGES[extension] : undefined
  if (language === undefined) return other(otherExtension(extension))
  const base = name.slice(0, -extension.length)
  return functionAt({ name: base, path, language, entry: path }, manifests)
}

function otherExtension(extension: string): string {
  const instead = ({ '.tsx': '.ts', '.jsx': '.js', '.mts': '.ts', '.cts': '.ts', '.cjs': '.js' } as const)[extension]
  if (instead !== undefined) return `functions are not written in ${extension} files: use ${instead}`
  return `functions are written in ${Object.keys(LANGUAGES).join(', ')} files`
}

function describeFolder({ name }: Item, folder: string, manifests: ReadonlySet<string>): FoundEntry {
  const path = `${FOLDER}/${name}`
  const inside = list(join(folder, name)) ?? []
  const files = new Set(inside.filter((entry) => entry.isFile()).map((entry) => entry.name))
  const entries = ENTRIES.filter((entry) => files.has(entry))
  const [entry] = entries
  if (entry === undefined) {
    return {
      kind: 'other',
      path,
      reason: `has none of ${ENTRIES.join(', ')} (a folder that is shared begins with '_')`,
    }
  }
  if (entries.length > 1) {
    return { kind: 'fault', path, message: `has ${entries.join(' and ')}: a function begins with one file` }
  }
  const language = LANGUAGES[/\.[^.]*$/.exec(entry)?.[0] ?? ''] as Language
  return functionAt({ name, path, language, entry: `${path}/${entry}` }, manifests)
}

function functionAt(found: Omit<FoundFunction, 'kind' | 'manifest'>, manifests: ReadonlySet<string>): FoundEntry {
  const problem = functionNameProblem(found.name)
  if (problem !== undefined) return { kind: 'fault', path: found.path, message: problem }
  const manifest = [`${found.name}.yaml`, `${found.name}.yml`].find((name) => manifests.has(name))
  return { kind: 'function', ...found, manifest: manifest === undefined ? null : `${FOLDER}/${manifest}` }
}

/** `pay.ts` beside `pay.py` or `pay/`: neither is served. */
function withoutDuplicates(found: readonly FoundEntry[]): readonly FoundEntry[] {
  const paths = new Map<string, string[]>()
  for (const one of found) {
    if (one.kind === 'function') paths.set(one.name, [...(paths.get(one.name) ?? []), one.path])
  }
  return found.map((one) => {
    const others = one.kind === 'function' ? (paths.get(one.name) ?? []).filter((path) => path !== one.path) : []
    if (others.length === 0) return one
    return {
      kind: 'fault',
      path: one.path,
      message: `has the same name as ${others.join(' and ')}: rename or remove one`,
    }
  })
}

function isManifest(name: string): boolean {
  return /\.ya?ml$/.test(name) && !name.startsWith('_') && !name.startsWith('.') && !TOOL_FILES.has(name)
}

function describeManifests(manifests: ReadonlySet<string>, found: readonly FoundEntry[]): readonly FoundEntry[] {
  const names = found.flatMap((one) => (one.kind === 'function' ? [one.name] : []))
  const used = new Set(found.flatMap((one) => (one.kind === 'function' && one.manifest !== null ? [one.manifest] : [])))
  const faulty = found.filter(({ kind }) => kind === 'fault').map(({ path }) => baseName(path))
  return [...manifests].flatMap((name): readonly FoundEntry[] => {
    const path = `${FOLDER}/${name}`
    const base = baseName(path)
    if (used.has(path)) return [{ kind: 'other', path, reason: `is the manifest of ${base}` }]
    // What is wrong with the function says enough.
    if (faulty.includes(base)) return [{ kind: 'other', path, reason: `belongs to ${base}, which is not served` }]
    if (names.includes(base))
      return [{ kind: 'fault', path, message: `is a second manifest of ${base}, beside ${base}.yaml` }]
    return [
      {
        kind: 'fault',
        path,
        message: `is the manifest of no function: there is no ${base}.ts, .js, .mjs, .py, .go or folder ${base}/${didYouMean(base, names)}`,
      },
    ]
  })
}

function baseName(path: string): string {
  return path.slice(FOLDER.length + 1).replace(/\.[^.]*$/, '')
}

/** Null where there is no such folder. */
function list(folder: string): readonly Dirent[] | null {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null
    throw error
  }
}
