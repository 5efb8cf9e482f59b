import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Manifest {
  readonly name: string
  readonly exports?: Readonly<Record<string, unknown>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

/** A folder with a role in the import table. */
export interface Workspace {
  /** Relative to the root, with `/`. */
  readonly folder: string
  /** Its row in the table: `query`, `service`, `cli`, … */
  readonly role: string
  /** How messages call it. */
  readonly label: string
  /** Absent for scripts. */
  readonly manifest?: Manifest
}

/** Every workspace of the repository at `root`, and the folders that are checked without being one. */
export function findWorkspaces(root: string): readonly Workspace[] {
  const inGroup = (group: string, role: (name: string) => string): Workspace[] =>
    folders(join(root, group)).map((name) => workspace(root, `${group}/${name}`, role(name), name))
  return [
    ...inGroup('packages', (name) => name),
    ...inGroup('services', () => 'service'),
    ...inGroup('adapters', () => 'adapter'),
    ...inGroup('apps', (name) => name),
    ...['examples', 'bench', 'tests', 'scripts'].map((name) => workspace(root, name, name, name)),
  ]
}

function workspace(root: string, folder: string, role: string, label: string): Workspace {
  const manifest = readManifest(join(root, folder, 'package.json'))
  return manifest === null ? { folder, role, label } : { folder, role, label, manifest }
}

function readManifest(path: string): Manifest | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Manifest
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

function folders(path: string): string[] {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
