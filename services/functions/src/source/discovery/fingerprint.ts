import { type BigIntStats, lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** Folders that change without anyone having written a function; of packages, that there are others is enough. */
const IGNORED: ReadonlySet<string> = new Set(['node_modules', '.git', '__pycache__', '.venv', 'venv'])

/** Beyond it nobody waits for the result; a change of the files that were looked at is still seen. */
const MAX_FILES = 20_000

/** Beside `functions/`: what says which packages are there. */
const PROJECT_FILES = ['package.json', 'bun.lock', 'tsconfig.json'] as const

/**
 * Changes whenever a file does that a function may depend on: those in `functions/` with the shared ones, what says which packages there are, and `also`,
 * what the last build took from elsewhere. Files are not read: a write, also one that replaces a file, shows in its change time, size or number.
 */
export function fingerprintFunctions(projectDir: string, also: readonly string[] = []): string {
  const hash = new Bun.CryptoHasher('sha256')
  let left = MAX_FILES
  const add = (path: string, name: string): BigIntStats | null => {
    const stat = statOf(path)
    if (stat !== null) hash.update(`${name}\0${stat.size} ${stat.mtimeNs} ${stat.ctimeNs} ${stat.ino} ${stat.mode}\n`)
    return stat
  }
  const walk = (folder: string, name: string) => {
    for (const entry of namesIn(folder)) {
      if (left-- <= 0) return
      const path = join(folder, entry)
      const inner = `${name}/${entry}`
      // Of a folder only what is in it counts: its own times change with files that are ignored.
      if (statOf(path)?.isDirectory()) {
        if (entry === 'node_modules') add(path, inner)
        else if (!IGNORED.has(entry)) walk(path, inner)
      } else add(path, inner)
    }
  }
  walk(join(projectDir, 'functions'), 'functions')
  for (const name of PROJECT_FILES) add(join(projectDir, name), name)
  for (const path of [...also].sort()) add(path, path)
  return hash.digest('hex')
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort()
  } catch {
    return []
  }
}

/** Null where it is gone. Links are not followed: what they lead to is in the folder too, or not used. */
function statOf(path: string): BigIntStats | null {
  return lstatSync(path, { bigint: true, throwIfNoEntry: false }) ?? null
}
