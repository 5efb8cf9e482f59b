import { posix } from 'node:path'
import { OWNED_PACKAGES, TESTS_MAY_IMPORT, WALLS } from './import-table'
import type { Located, SourceFacts } from './source-facts'
import type { Violation } from './violation'
import type { Workspace } from './workspaces'

export interface CheckedFile {
  /** Relative to the root, with `/`. */
  readonly path: string
  readonly workspace: Workspace
  readonly isTest: boolean
  readonly facts: SourceFacts
}

/** Violations of the import table in one file. */
export function checkImports(file: CheckedFile, workspaces: readonly Workspace[]): readonly Violation[] {
  return file.facts.imports.flatMap((found) => {
    const message = checkImport(file, found, workspaces)
    return message === null ? [] : [{ file: file.path, line: found.line, message }]
  })
}

/** Violations of the import table in the dependencies that a workspace declares. */
export function checkManifest(workspace: Workspace, workspaces: readonly Workspace[]): readonly Violation[] {
  const check = (names: readonly string[], isTest: boolean): Violation[] =>
    names.flatMap((name) => {
      const message = checkPackage({ workspace, isTest }, name, workspaces)
      return message === null ? [] : [{ file: `${workspace.folder}/package.json`, line: 1, message }]
    })
  return [
    ...checkClient(workspace, workspaces),
    ...check(Object.keys(workspace.manifest?.dependencies ?? {}), false),
    ...check(Object.keys(workspace.manifest?.devDependencies ?? {}), true),
  ]
}

/** One client for each adapter: so each is loaded, configured and replaced alone. */
function checkClient(workspace: Workspace, workspaces: readonly Workspace[]): Violation[] {
  if (WALLS[workspace.role]?.oneClient !== true) return []
  const own = workspaces.map(({ manifest }) => manifest?.name)
  const clients = Object.keys(workspace.manifest?.dependencies ?? {}).filter((name) => !own.includes(name))
  if (clients.length < 2) return []
  const message = `${workspace.label} wraps ${clients.join(' and ')}; an adapter wraps one client`
  return [{ file: `${workspace.folder}/package.json`, line: 1, message }]
}

function checkImport(file: CheckedFile, found: Located, workspaces: readonly Workspace[]): string | null {
  const specifier = found.text
  if (!specifier.startsWith('.')) return checkPackage(file, specifier, workspaces)
  const target = posix.normalize(posix.join(posix.dirname(file.path), specifier))
  if (!target.startsWith(`${file.workspace.folder}/`)) {
    return `'${specifier}' leaves ${file.workspace.folder}; import the other workspace by its name`
  }
  if (!file.isTest && TEST_FOLDER.test(target))
    return `'${specifier}' is for tests; what a server needs too belongs outside of testing/`
  if (specifier.startsWith('../../../'))
    return `'${specifier}' climbs three folders; move the file or the thing it imports`
  return null
}

/** What is in such a folder is loaded by tests only. */
const TEST_FOLDER = /(^|\/)testing(\/|$)/

type Importer = Pick<CheckedFile, 'workspace' | 'isTest'>

function checkPackage(
  { workspace, isTest }: Importer,
  specifier: string,
  workspaces: readonly Workspace[],
): string | null {
  const wall = WALLS[workspace.role]
  if (wall === undefined) return `${workspace.folder} has no row in scripts/walls/import-table.ts; add one`
  const target = workspaces.find(({ manifest }) => manifest !== undefined && isOf(specifier, manifest.name))
  if (target === undefined) return checkExternal({ workspace, isTest }, specifier)
  if (target === workspace) return null
  const subpath = `.${specifier.slice(target.manifest?.name.length)}`
  // A manifest names a package whole; an import of what it does not export fails in the compiler.
  if (subpath !== '.' && !Object.hasOwn(target.manifest?.exports ?? {}, subpath)) {
    return `'${specifier}' reaches into ${target.label}; import '${target.manifest?.name}', or export it there`
  }
  if (workspace.role === 'service' && target.role === 'service') {
    return `${workspace.label} imports the service ${target.label}; services meet in ports and in the change feed`
  }
  if (!isTest && TEST_FOLDER.test(subpath) && !WALLS[workspace.role]?.mayImport.includes('*'))
    return `'${specifier}' is for tests; ${workspace.label} may not import it`
  const allowed = isTest ? [...wall.mayImport, ...TESTS_MAY_IMPORT] : wall.mayImport
  if (allowed.includes(target.role) || allowed.includes('*')) return null
  return `${workspace.label} may not import ${target.label}; it may import ${allowed.join(', ') || 'no other workspace'}`
}

function checkExternal({ workspace, isTest }: Importer, specifier: string): string | null {
  if (isTest) return null
  for (const { pattern, what, owner } of OWNED_PACKAGES) {
    if (pattern.test(specifier) && ![owner, 'bench', 'testkit'].includes(workspace.role)) {
      return `only ${owner} imports ${what}; ${workspace.label} goes through it`
    }
  }
  const wall = WALLS[workspace.role]
  if (wall?.browserSafe === true && /^(node|bun):|^bun$/.test(specifier)) {
    return `${workspace.label} also runs in browsers and may not import '${specifier}'`
  }
  if (wall?.onlyExternal !== undefined && !wall.onlyExternal.some((name) => isOf(specifier, name))) {
    return `${workspace.label} may use ${wall.onlyExternal.join(', ')} and no other package, not '${specifier}'`
  }
  return null
}

function isOf(specifier: string, name: string): boolean {
  return specifier === name || specifier.startsWith(`${name}/`)
}
