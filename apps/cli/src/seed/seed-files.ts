import { existsSync, readdirSync } from 'node:fs'
import { basename, extname, join, relative, resolve } from 'node:path'
import { CommandError } from '../command-error'
import { type Format, formatOf } from '../import/read-rows'

export interface SeedFile {
  /** Absolute. */
  readonly path: string
  /** As messages name it: from the project's folder. */
  readonly label: string
  readonly format: Format
  /** `posts` for seeds/02_posts.yaml. */
  readonly stem: string
}

/** The seeds of a project: those of seeds/ and of seeds/<environment>/, by name. Folders of other environments are left alone. */
export function findSeedFiles(dir: string, environment: string): readonly SeedFile[] {
  return [join(dir, 'seeds'), join(dir, 'seeds', environment)].flatMap((folder) => {
    if (!existsSync(folder)) return []
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile() && formatOf(entry.name) !== undefined)
      .map((entry) => seedFile(dir, join(folder, entry.name)))
      .sort((a, b) => (a.label < b.label ? -1 : 1))
  })
}

/** The files that were named on the command line. Throws a CommandError for one that is not there or of no known format. */
export function namedSeedFiles(dir: string, paths: readonly string[]): readonly SeedFile[] {
  return paths.map((path) => {
    const found = [resolve(path), resolve(dir, path)].find((candidate) => existsSync(candidate))
    if (found === undefined) throw new CommandError(`no seed file ${path}`)
    return seedFile(dir, found)
  })
}

function seedFile(dir: string, path: string): SeedFile {
  const format = formatOf(path)
  if (format === undefined)
    throw new CommandError(`${path} is not a seed file; supported are json, yaml, ndjson and csv`)
  return {
    path,
    label: relative(dir, path).replaceAll('\\', '/'),
    format,
    stem: basename(path, extname(path)).replace(/^\d+[-_]/, ''),
  }
}
