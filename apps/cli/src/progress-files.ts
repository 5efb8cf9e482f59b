import { existsSync, readdirSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Project } from './project'
import type { ProgressSource } from './working'

/** The bytes of a file, or of all files below a folder; 0 if there is none. Files may come and go meanwhile. */
function bytesOf(path: string): number {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined) return 0
  if (!found.isDirectory()) return found.size
  return namesIn(path).reduce((sum, name) => sum + bytesOf(join(path, name)), 0)
}

/** A backup in progress: one that has its final name is complete; the others are measured. */
export function backupProgress(to: string, sources: readonly string[]): ProgressSource {
  const isFolder = to.endsWith('/') || (existsSync(to) && statSync(to).isDirectory())
  const folder = isFolder ? to : dirname(to)
  const once = sources.reduce((sum, path) => sum + bytesOf(path), 0)
  return {
    // An archive is made from a copy.
    total: to.endsWith('.tar') ? 2 * once : once,
    done: () =>
      namesIn(folder)
        .filter((name) => /\.part-[0-9a-f]{8}(\.tar)?$/.test(name))
        .reduce((sum, name) => sum + bytesOf(join(folder, name)), 0),
  }
}

/** What a backup of a project copies. */
export function sourcesOf({ settings }: Pick<Project, 'settings'>, dir: string): readonly string[] {
  return [resolve(dir, settings.database.path), join(dir, 'data', 'keys'), join(dir, 'data', 'files')]
}

/** A copy that gets as large as what it is of. */
export function copyProgress(copy: string, source: string): ProgressSource {
  return { total: bytesOf(source), done: () => bytesOf(copy) }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
