import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isGeneratedText } from './languages'
import { FUNCTIONS_FILE } from './typescript/functions-file'

/** What is different between a folder and what it has to hold, as paths inside it. */
export interface Difference {
  readonly changed: readonly string[]
  readonly missing: readonly string[]
  /** Generated, of a collection or of functions that are no more. */
  readonly obsolete: readonly string[]
  /** Of somebody else, where a generated file has to be. */
  readonly foreign: readonly string[]
}

const STATE = '.koyalite.json'

/** Whether clients were generated into this folder before. */
export function hasGenerated(folder: string): boolean {
  return existsSync(join(folder, STATE))
}

export function compareGenerated(folder: string, files: ReadonlyMap<string, string>): Difference {
  const changed: string[] = []
  const missing: string[] = []
  const foreign: string[] = []
  for (const [path, text] of files) {
    const present = readIfThere(join(folder, path))
    if (present === undefined) missing.push(path)
    else if (present !== text) (isGenerated(path, present) ? changed : foreign).push(path)
  }
  return { changed, missing, foreign, obsolete: obsoleteIn(folder, files) }
}

/** Writes what is missing or has changed; all other files keep even their times, so that other watchers stay quiet. Nothing is written where a file is foreign. */
export function writeGenerated(folder: string, files: ReadonlyMap<string, string>): Difference {
  const difference = compareGenerated(folder, files)
  if (difference.foreign.length > 0) return difference
  for (const path of [...difference.missing, ...difference.changed]) {
    const target = join(folder, path)
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, files.get(path) ?? '')
  }
  for (const path of difference.obsolete) rmSync(join(folder, path))
  return difference
}

/** Looked for in the folders that generated files are written to; in the output folder itself, by their name. */
function obsoleteIn(folder: string, files: ReadonlyMap<string, string>): readonly string[] {
  const folders = new Set([...files.keys()].map((path) => dirname(path)).filter((path) => path !== '.'))
  const inFolders = [...folders]
    .filter((path) => existsSync(join(folder, path)))
    .flatMap((path) =>
      readdirSync(join(folder, path), { withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ name }) => `${path}/${name}`),
    )
  // Where TypeScript is not generated this time, what it was before stays.
  const besideClient = folders.has('koyalite') ? [FUNCTIONS_FILE] : []
  return [...inFolders, ...besideClient]
    .filter((path) => !files.has(path))
    .filter((path) => {
      const text = readIfThere(join(folder, path))
      return text !== undefined && text !== '' && isGeneratedText(text)
    })
    .sort()
}

function isGenerated(path: string, text: string): boolean {
  return path === STATE || isGeneratedText(text)
}

function readIfThere(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}
