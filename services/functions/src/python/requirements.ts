import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { FoundFunction } from '../source/discovery/found-entry'
import type { Dependencies } from '../source/manifest/dependencies'
import type { SourceProblem } from '../source/source-problem'

/** The packages of a function. */
export interface Requirements {
  /** As pip takes them: `pillow>=10`, `httpx[http2]==0.27.0 ; python_version < "3.12"`. */
  readonly lines: readonly string[]
  /** The file that says what they come to, from the project's folder. */
  readonly lockFile: string
  /** The file that names them, for messages. */
  readonly file: string
}

export type ReadRequirements =
  | { readonly ok: true; readonly requirements: Requirements | null }
  | { readonly ok: false; readonly problems: readonly SourceProblem[] }

/** A name, extras, versions, a condition; no address, no folder, no option. */
const LINE =
  /^[A-Za-z0-9][\w.-]*(\s*\[[\w\s,.-]*\])?\s*((===?|[<>!~]=?)\s*[\w.*+!-]+\s*,?\s*)*(;\s*[\w\s.<>=!~"'()]+)?$/

/**
 * Those of the manifest's `dependencies`, and those of `requirements.txt` or `pyproject.toml` in the folder of the function, or else in functions/, which
 * are for all functions in Python.
 */
export function readRequirements(
  dir: string,
  { path, entry, manifest }: Pick<FoundFunction, 'path' | 'entry' | 'manifest'>,
  dependencies: Dependencies | null,
): ReadRequirements {
  const isFolder = path !== entry
  const folders = isFolder ? [path, 'functions'] : ['functions']
  const file = folders
    .flatMap((folder) => [`${folder}/requirements.txt`, `${folder}/pyproject.toml`])
    .find((name) => existsSync(join(dir, name)))
  const listed = dependencies?.kind === 'list' ? dependencies.items : []
  if (file === undefined && listed.length === 0) return { ok: true, requirements: null }
  const read = file === undefined ? { lines: [], problems: [] } : linesOf(file, readFileSync(join(dir, file), 'utf8'))
  if (read.problems.length > 0) return { ok: false, problems: read.problems }
  const lines = [...read.lines, ...listed]
  if (lines.length === 0) return { ok: true, requirements: null }
  // With packages of its own it has a lock of its own.
  const lockFolder = listed.length === 0 && file !== undefined ? dirname(file) : isFolder ? path : null
  const lockFile = lockFolder === null ? `${path.replace(/\.py$/, '')}.lock` : `${lockFolder}/requirements.lock`
  return { ok: true, requirements: { lines, lockFile, file: file ?? manifest ?? entry } }
}

function linesOf(
  file: string,
  text: string,
): { readonly lines: readonly string[]; readonly problems: readonly SourceProblem[] } {
  const problems: SourceProblem[] = []
  const report = (line: number | null, message: string) =>
    problems.push({ file, position: line === null ? null : { line, column: 1 }, message })
  const written = file.endsWith('.toml')
    ? projectDependencies(text, (message) => report(null, message))
    : text.split('\n')
  const lines = written.flatMap((whole, index) => {
    const line = whole.replace(/(^|\s)#.*$/, '').trim()
    if (line === '') return []
    if (LINE.test(line)) return [line]
    report(
      file.endsWith('.toml') ? null : index + 1,
      `'${line.slice(0, 100)}' is not a package of the index: write a name and versions, like pillow>=10. The index is the setting functions.registries.python`,
    )
    return []
  })
  return { lines, problems }
}

function projectDependencies(text: string, report: (message: string) => void): readonly string[] {
  try {
    const { project } = Bun.TOML.parse(text) as { readonly project?: { readonly dependencies?: unknown } }
    const dependencies = project?.dependencies ?? []
    if (Array.isArray(dependencies) && dependencies.every((one) => typeof one === 'string')) return dependencies
    report("'project.dependencies' must be a list of packages")
  } catch (error) {
    report(`is not TOML: ${error instanceof Error ? error.message : error}`)
  }
  return []
}
