import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Folders of a project that `dev` follows; not the whole of it, since data/ changes with every write. */
export const FOLDERS = {
  migrations: { isRecursive: false, follows: (name) => /^\d+_.*\.ya?ml$/.test(name) },
  functions: {
    isRecursive: true,
    // What tools write there concerns no function.
    follows: (name) => !/(^|\/)(node_modules|\.git|__pycache__|\.venv)(\/|$)|~$|\.sw[a-z]$/.test(name),
  },
  hooks: { isRecursive: true, follows: (name) => !/(^|\/)(node_modules|\.git)(\/|$)|~$|\.sw[a-z]$/.test(name) },
  seeds: { isRecursive: true, follows: (name) => /\.(?:json|ya?ml|ndjson|csv)$/.test(name) },
} as const satisfies Record<string, WatchedFolder>

export type FolderName = keyof typeof FOLDERS

interface WatchedFolder {
  readonly isRecursive: boolean
  /** @param name of a file in it, with `/` */
  readonly follows: (name: string) => boolean
}

export const FOLDER_NAMES = Object.keys(FOLDERS) as readonly FolderName[]

export function isFolderName(name: string | null): name is FolderName {
  return FOLDER_NAMES.some((known) => known === name)
}

/** Files beside the folders. */
export const LOADED_FILES = /^(?:schema\.yaml|koyalite(?:\.\w+)?\.yaml|\.env(?:\.\w+)?)$/

/** Beyond it nobody looks: a folder that large is not written by hand. */
const MAX_FILES = 5_000

/** All files that are followed, from the project's folder. */
export function watchedFiles(dir: string): readonly string[] {
  const files = namesIn(dir).filter((name) => LOADED_FILES.test(name))
  for (const folder of FOLDER_NAMES) addFiles(files, { dir, folder, name: folder })
  return files
}

function addFiles(
  files: string[],
  { dir, folder, name }: { readonly dir: string; readonly folder: FolderName; readonly name: string },
): void {
  const { follows, isRecursive } = FOLDERS[folder]
  for (const entry of namesIn(join(dir, name))) {
    const path = `${name}/${entry}`
    const inFolder = path.slice(folder.length + 1)
    if (files.length >= MAX_FILES) return
    if (isFolder(join(dir, path))) {
      if (isRecursive && (folder !== 'functions' || follows(inFolder))) addFiles(files, { dir, folder, name: path })
    } else if (follows(inFolder)) files.push(path)
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}
