import { type Dirent, mkdirSync, readdirSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import type { FoundFunction } from '../source/discovery/found-entry'
import type { SourceProblem } from '../source/source-problem'
import { usesCgo } from './uses-cgo'

/** The files that a function in Go is built of. */
export interface GoSources {
  /** The module's folder, relative to the project's: `functions`, or that of the function, if its go.mod is there. */
  readonly root: string
  /** What is built, relative to the module's folder: `./report`, or `.`. */
  readonly target: string
  /** By path, relative to the module's folder. */
  readonly files: ReadonlyMap<string, Buffer>
}

export type CollectedSources =
  | { readonly ok: true; readonly sources: GoSources }
  | { readonly ok: false; readonly problems: readonly SourceProblem[] }

const FOLDER = 'functions'
const MAX_FILES = 10_000
const MAX_BYTES = 100 * 1024 * 1024
/** Of the module beside the functions. */
const MODULE_FILES = ['go.mod', 'go.sum']
/** Secrets, and what tools keep for themselves: nothing of it is built in. */
const IGNORED = /^(\.git|\.env.*|node_modules|vendor|.*_test\.go)$/

/** A fault of the files, with what to do about it. */
class SourceFault extends Error {
  readonly file: string
  constructor(file: string, message: string) {
    super(message)
    this.file = file
  }
}

/**
 * Reads what a function is built of: its own file or folder and, where its module is that of all functions, what those share. Nothing outside of
 * functions/ is read, whatever leads there.
 */
export function collectSources(projectDir: string, found: Pick<FoundFunction, 'path' | 'entry'>): CollectedSources {
  try {
    return { ok: true, sources: collect(projectDir, found) }
  } catch (error) {
    if (!(error instanceof SourceFault)) throw error
    return { ok: false, problems: [{ file: error.file, position: null, message: error.message }] }
  }
}

function collect(projectDir: string, { path, entry }: Pick<FoundFunction, 'path' | 'entry'>): GoSources {
  const isFolder = path !== entry
  const inside = realpathSync(join(projectDir, FOLDER))
  const files = new Map<string, Buffer>()
  const ownModule = isFolder && statSync(join(projectDir, path, 'go.mod'), { throwIfNoEntry: false })?.isFile() === true
  const root = ownModule ? path : FOLDER
  const reader = { projectDir, inside, root, files, bytes: 0 }
  if (isFolder) readFolder(reader, path, [])
  else readFile(reader, path)
  if (!ownModule) {
    for (const item of readdirSync(inside, { withFileTypes: true })) {
      if (MODULE_FILES.includes(item.name)) readFile(reader, `${FOLDER}/${item.name}`)
      else if (item.name.startsWith('_') && !item.isFile()) readFolder(reader, `${FOLDER}/${item.name}`, [])
    }
  }
  // A file is all that there is of its package: as one it has its path in stacks.
  const target = isFolder && !ownModule ? `./${path.slice(FOLDER.length + 1)}` : '.'
  return { root, target, files }
}

interface Reader {
  readonly projectDir: string
  /** The folder functions/, without links. */
  readonly inside: string
  readonly root: string
  readonly files: Map<string, Buffer>
  bytes: number
}

function readFolder(reader: Reader, path: string, within: readonly string[]): void {
  const real = realIn(reader, path)
  // A link to a folder that it is in.
  if (within.includes(real)) return
  const items: Dirent[] = statSync(real).isDirectory() ? readdirSync(real, { withFileTypes: true }) : []
  for (const item of items.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (IGNORED.test(item.name)) continue
    const inner = `${path}/${item.name}`
    if (statSync(realIn(reader, inner)).isDirectory()) readFolder(reader, inner, [...within, real])
    else readFile(reader, inner)
  }
}

function readFile(reader: Reader, path: string): void {
  const real = realIn(reader, path)
  const stat = statSync(real)
  if (!stat.isFile()) return
  reader.bytes += stat.size
  if (reader.bytes > MAX_BYTES || reader.files.size >= MAX_FILES) {
    throw new SourceFault(path, `makes the function too large: it may have ${MAX_FILES} files of 100 MB in all`)
  }
  const content = readFileSync(real)
  // Without cgo such a file would be left out, and what it declares would be undefined.
  if (path.endsWith('.go') && usesCgo(content.toString())) {
    throw new SourceFault(path, `imports "C": cgo is not available, since it runs compilers of C on the server`)
  }
  reader.files.set(path.slice(reader.root.length + 1), content)
}

/** Where a path leads. */
function realIn({ projectDir, inside }: Reader, path: string): string {
  let real: string
  try {
    real = realpathSync(join(projectDir, path))
  } catch {
    throw new SourceFault(path, 'is a link that leads nowhere')
  }
  if (real !== inside && !real.startsWith(inside + sep)) {
    throw new SourceFault(path, 'is a link that leads out of functions/: copy what it leads to')
  }
  return real
}

/** Writes them below a folder. */
export function writeSources({ files }: GoSources, folder: string): void {
  for (const [path, content] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
}
