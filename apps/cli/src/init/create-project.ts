import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { CommandError } from '../command-error'
import { TEMPLATES, type TemplateName } from './templates'

export interface NewProject {
  /** Absolute path of its folder, which may be there already. */
  readonly dir: string
  readonly template: TemplateName
  /** Go on in a folder that holds other things. */
  readonly force: boolean
}

export interface CreatedProject {
  readonly name: string
  /** Written, by their path in the folder. */
  readonly files: readonly string[]
  /** Were there already, and stay as they are. */
  readonly kept: readonly string[]
}

/** What a fresh repository may have before it holds a project. */
const HARMLESS = /^(\.git|\.github|\.gitignore|\.gitattributes|\.editorconfig|\.DS_Store|LICENSE.*|README.*)$/i

/** Writes the files of a template. Nothing that is there is ever overwritten. Throws a CommandError where the folder is in use. */
export function createProject({ dir, template, force }: NewProject): CreatedProject {
  requireFreeFolder(dir, force)
  return writeProject(dir, TEMPLATES[template].files)
}

/** Writes files of a project into a folder that is free. Nothing that is there is ever overwritten. */
export function writeProject(dir: string, texts: Readonly<Record<string, string>>): CreatedProject {
  const name = projectName(dir)
  const files: string[] = []
  const kept: string[] = []
  for (const [path, text] of Object.entries(texts)) {
    const target = join(dir, path)
    if (existsSync(target)) {
      kept.push(path)
      continue
    }
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, text.replaceAll('{{name}}', name))
    files.push(path)
  }
  return { name, files, kept }
}

/** Throws a CommandError where a project cannot be made in a folder. `except` is a file that may be there. */
export function requireFreeFolder(dir: string, force: boolean, except?: string): void {
  const found = statSync(dir, { throwIfNoEntry: false })
  if (found === undefined) return
  if (!found.isDirectory()) throw new CommandError(`${dir} is a file`)
  if (existsSync(join(dir, 'schema.yaml'))) {
    throw new CommandError(`${dir} is already a project`, {
      advice: 'Run it with koyalite dev, or choose another name.',
    })
  }
  const inTheWay = readdirSync(dir).filter((entry) => !HARMLESS.test(entry) && !isPartOf(join(dir, entry), except))
  if (inTheWay.length > 0 && !force) {
    throw new CommandError(
      `${dir} is not empty (${inTheWay.slice(0, 3).join(', ')}${inTheWay.length > 3 ? ', …' : ''})`,
      {
        advice: 'Choose another name, or use --force, which never overwrites existing files.',
      },
    )
  }
}

/** The database file, and what SQLite keeps beside it. */
function isPartOf(path: string, file: string | undefined): boolean {
  return file !== undefined && ['', '-wal', '-shm', '-journal'].some((suffix) => path === `${file}${suffix}`)
}

/** The folder's name, as a word that YAML and people take as it is. */
function projectName(dir: string): string {
  const word = basename(dir)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
  return /^[a-z]/.test(word) ? word : 'app'
}
