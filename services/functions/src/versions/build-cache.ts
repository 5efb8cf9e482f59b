import { readFileSync, renameSync, writeFileSync } from 'node:fs'

export interface Built {
  readonly hash: string
  /** Files outside of functions/ that it was made of. */
  readonly sources: readonly string[]
}

/** What was made of the files last: bundling takes a process, and most starts find what the last one has made. */
export interface BuildCache {
  /** Null where the files are not those that it was made of. */
  find(entry: string, fingerprint: string): Built | null
  put(entry: string, fingerprint: string, built: Built): void
  /** Of all. */
  sources(): readonly string[]
}

type Entries = Record<string, Built & { readonly fingerprint: string }>

/** @param path a file that holds it from one start to the next; it may be gone, or be anything */
export function openBuildCache(path: string): BuildCache {
  const entries = read(path)
  return {
    find(entry, fingerprint) {
      const found = entries[entry]
      return found?.fingerprint === fingerprint ? { hash: found.hash, sources: found.sources } : null
    },
    put(entry, fingerprint, { hash, sources }) {
      const known = entries[entry]
      if (known?.fingerprint === fingerprint && known.hash === hash) return
      entries[entry] = { fingerprint, hash, sources }
      writeFileSync(`${path}.part`, JSON.stringify(entries))
      renameSync(`${path}.part`, path)
    },
    sources: () => [...new Set(Object.values(entries).flatMap((built) => built.sources))],
  }
}

function read(path: string): Entries {
  try {
    return Object.assign(Object.create(null), JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return Object.create(null)
  }
}
