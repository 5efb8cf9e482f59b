import { utimesSync } from 'node:fs'
import { lstat, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

export interface PackageCache {
  /** Has a folder for each set of packages that was installed. */
  readonly folder: string
  /** Names of folders that code refers to: they stay, whatever they take. */
  readonly used: ReadonlySet<string>
  /** Bytes of all together: the setting `functions.cache`. */
  readonly limit: number
}

/** Removes sets of packages that nothing refers to, the least recently used first, until the others are within the limit. @returns those that are gone */
export async function collectPackages({ folder, used, limit }: PackageCache): Promise<readonly string[]> {
  const sets: { readonly name: string; readonly path: string; readonly bytes: number; readonly usedAt: number }[] = []
  for (const name of await readdir(folder)) {
    if (name.startsWith('.')) continue
    const path = join(folder, name)
    sets.push({ name, path, bytes: await bytesIn(path), usedAt: (await lstat(path)).mtimeMs })
  }
  let total = sets.reduce((sum, { bytes }) => sum + bytes, 0)
  const removed: string[] = []
  for (const { name, path, bytes } of sets.sort((a, b) => a.usedAt - b.usedAt)) {
    if (total <= limit) break
    if (used.has(name)) continue
    await rm(path, { recursive: true, force: true })
    removed.push(name)
    total -= bytes
  }
  return removed
}

/** A set of packages is used now. */
export function markUsed(path: string): void {
  const now = new Date()
  utimesSync(path, now, now)
}

/** Links are not followed. Tens of thousands of files take a while: others have turns in between. */
async function bytesIn(path: string): Promise<number> {
  const stat = await lstat(path)
  if (!stat.isDirectory()) return stat.size
  let bytes = 0
  for (const name of await readdir(path)) bytes += await bytesIn(join(path, name))
  return bytes
}
