import { type Dirent, lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FoundFunction } from '../source/discovery/found-entry'
import type { SourceProblem } from '../source/source-problem'

/** A file that a function is made of. */
export interface SourceFile {
  /** From the project's folder, with `/`. */
  readonly path: string
  readonly bytes: Uint8Array
}

export type SourceFiles =
  | { readonly ok: true; readonly files: readonly SourceFile[] }
  | { readonly ok: false; readonly problems: readonly SourceProblem[] }

const MAX_BYTES = 50_000_000
const MAX_FILES = 5_000
const LEFT_OUT: ReadonlySet<string> = new Set(['__pycache__', 'node_modules', 'requirements.lock', 'venv'])

/**
 * What Python can reach of a project: the file or folder of the function, and what is shared (`_shared/`, `_dates.py`). Files beside it that are other
 * functions are not there for it, and hidden ones are for nobody. Links are refused: what is built must be all that there is.
 */
export function sourceFiles(dir: string, { path }: Pick<FoundFunction, 'path'>): SourceFiles {
  const files: SourceFile[] = []
  const problems: SourceProblem[] = []
  const refuse = (file: string, message: string) => problems.push({ file, position: null, message })
  const sizes: { readonly path: string; readonly bytes: number }[] = []
  let bytes = 0
  const add = (file: string) => {
    const stat = lstatSync(join(dir, file))
    if (stat.isSymbolicLink()) return refuse(file, 'is a link: functions are made of files and folders alone')
    if (stat.isDirectory()) {
      for (const { name } of entriesOf(join(dir, file))) if (isTaken(name)) add(`${file}/${name}`)
      return
    }
    if (!stat.isFile()) return refuse(file, 'is neither a file nor a folder')
    bytes += stat.size
    sizes.push({ path: file, bytes: stat.size })
    if (bytes > MAX_BYTES || sizes.length > MAX_FILES) return
    files.push({ path: file, bytes: readFileSync(join(dir, file)) })
  }
  add(path)
  for (const { name } of entriesOf(join(dir, 'functions')))
    if (name.startsWith('_') && isTaken(name)) add(`functions/${name}`)
  if (bytes > MAX_BYTES || sizes.length > MAX_FILES) {
    const largest = sizes.sort((a, b) => b.bytes - a.bytes).slice(0, 3)
    const named = largest.map((one) => `${one.path} (${megabytes(one.bytes)})`).join(', ')
    refuse(
      path,
      `is too large: at most ${megabytes(MAX_BYTES)} in ${MAX_FILES} files are possible. The largest: ${named}`,
    )
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, files }
}

function isTaken(name: string): boolean {
  return !name.startsWith('.') && !LEFT_OUT.has(name) && !name.endsWith('.pyc')
}

function entriesOf(folder: string): readonly Dirent[] {
  return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`
}
