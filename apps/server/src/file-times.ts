import { statSync } from 'node:fs'
import { join } from 'node:path'
import { watchedFiles } from './watched-files'

/** Finds out by their times which files of a project have changed: file systems of other machines, and some mounts, tell nobody. */
export interface FileTimes {
  /** Files that are others than they were, and have stayed so since the last look: meanwhile whoever is told of changes has reacted. */
  look(): readonly string[]
  /** Somebody reacts to these already. */
  seen(files: readonly string[]): void
}

export function createFileTimes(dir: string): FileTimes {
  const stampOf = (file: string) => {
    const stat = statSync(join(dir, file), { throwIfNoEntry: false })
    return stat === undefined ? 'gone' : `${stat.mtimeMs} ${stat.size} ${stat.ino}`
  }
  const known = new Map(watchedFiles(dir).map((file) => [file, stampOf(file)]))
  /** What was different at the last look. */
  let waiting = new Map<string, string>()
  const seen = (files: readonly string[]) => {
    for (const file of files) {
      const stamp = stampOf(file)
      if (stamp === 'gone') known.delete(file)
      else known.set(file, stamp)
    }
  }
  return {
    seen,
    look() {
      const changed: string[] = []
      const different = new Map<string, string>()
      for (const file of new Set([...watchedFiles(dir), ...known.keys()])) {
        const stamp = stampOf(file)
        if (stamp === (known.get(file) ?? 'gone')) continue
        if (waiting.get(file) === stamp) changed.push(file)
        else different.set(file, stamp)
      }
      waiting = different
      seen(changed)
      return changed
    },
  }
}
