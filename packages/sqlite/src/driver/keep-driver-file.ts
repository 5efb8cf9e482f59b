import { utimes } from 'node:fs'
import { basename } from 'node:path'
import { mappedLibraries } from './driver'

const REFRESH_EVERY_MS = 12 * 3_600_000

/**
 * Keeps the file young that Bun extracts the driver of an executable to. It lies in the folder for temporary files, which systems clean of what
 * is some days old; a thread that starts after that would load a second copy of the library, with locks of its own. Returns a function that stops it.
 */
export function keepDriverFile(): () => void {
  refresh()
  const timer = setInterval(refresh, REFRESH_EVERY_MS)
  timer.unref()
  return () => clearInterval(timer)
}

function refresh(): void {
  const now = new Date()
  for (const library of mappedLibraries() ?? []) {
    const path = library.slice(0, library.lastIndexOf('#'))
    // One that is gone, or somebody else's, cannot be helped: `verifySingleDriver` tells when it matters.
    if (basename(path).startsWith('.bun-')) utimes(path, now, now, () => {})
  }
}
