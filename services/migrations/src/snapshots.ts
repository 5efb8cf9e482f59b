import { mkdir, readdir, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Database } from '@koyalite/sqlite'

/** Copies of the database, made before something is done to it that may be regretted. */
export interface Snapshots {
  /** Returns the path of the copy. Old ones are removed, the newest `keep` stay. Throws if none can be made. */
  take(database: Database, reason: string): Promise<string>
  /** Removes a copy that nobody needs, since nothing was done. */
  discard(path: string): Promise<void>
}

export function createSnapshots({ folder, keep = 10 }: { readonly folder: string; readonly keep?: number }): Snapshots {
  return {
    async take(database, reason) {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const time = new Date().toISOString().replace(/[-:]/g, '').replace('.', '')
      const path = join(folder, `${time}-${reason}.db`)
      await database.snapshot(path)
      await removeOld(folder, { keep, made: basename(path) })
      return path
    },
    discard: (path) => rm(path, { force: true }),
  }
}

/** Names begin with their time, which is before that of older ones where the clock went back. What a killed process left half done goes too. */
async function removeOld(
  folder: string,
  { keep, made }: { readonly keep: number; readonly made: string },
): Promise<void> {
  const names = (await readdir(folder)).filter((name) => /^\d{8}T\d{9}Z-/.test(name) && name !== made).sort()
  const complete = names.filter((name) => name.endsWith('.db'))
  const old = complete.slice(0, Math.max(0, complete.length + 1 - keep))
  const halves = names.filter((name) => /\.part(-journal)?$/.test(name))
  for (const name of [...old, ...halves]) await rm(join(folder, name), { force: true })
}
