import type { Command } from 'commander'
import { CommandError } from '../command-error'
import { helpNotes } from '../help-text'
import { type Project, withProject } from '../project'
import { projectCommand } from '../project-command'
import { applySeeds, type SeededCollection } from '../seed/apply-seeds'
import { findSeedFiles, namedSeedFiles } from '../seed/seed-files'
import { formatCount, formatDuration, print, printJson } from '../terminal'
import { working } from '../working'

const EXAMPLES = `koyalite db seed
koyalite db seed seeds/posts.yaml
koyalite db seed --if-empty`

const NOTES = `
Seeds are lists of documents in files named after collections (seeds/posts.yaml, .json, .ndjson, .csv), or maps of
collections to lists. Files in seeds/<environment>/ are used in that environment (KOYALITE_ENV) only. Seeding again
creates no duplicates: existing documents are found by key or a unique field, and updated from the seed.
All files are read before anything is written, and all documents are written in one transaction (more than
20 MB in several).`

export function dbSeedCommand(): Command {
  return projectCommand('seed', 'write the seed documents in seeds/', EXAMPLES)
    .argument('[files...]', 'only these files (default: all)')
    .option('--if-empty', 'skip collections that already have documents')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', helpNotes(NOTES))
    .action((paths: string[], options: { dir?: string; ifEmpty?: true; json?: true }) =>
      withProject(options.dir, async (project) => {
        const started = performance.now()
        const request = { dir: options.dir ?? '.', paths, ifEmpty: options.ifEmpty === true }
        const seeded = await working('Seeding', () => seedProject(project, request))
        if (options.json === true) return printJson({ seeded })
        for (const line of seedLines(seeded)) print(line)
        print(`Seeded in ${formatDuration(performance.now() - started)}.`)
      }),
    )
}

export interface SeedRequest {
  readonly dir: string
  /** All seeds of the environment, where empty. */
  readonly paths: readonly string[]
  readonly ifEmpty: boolean
}

/** Seeds a project. Throws a CommandError, also where there are no seeds at all. */
export async function seedProject(
  project: Project,
  { dir, paths, ifEmpty }: SeedRequest,
): Promise<readonly SeededCollection[]> {
  const files = paths.length > 0 ? namedSeedFiles(dir, paths) : findSeedFiles(dir, project.environment)
  if (files.length === 0) {
    throw new CommandError('no seeds found', {
      advice: 'Create a file named after a collection, such as seeds/posts.yaml, with a list of documents.',
    })
  }
  return applySeeds(project, files, { ifEmpty })
}

/** One line per collection. */
export function seedLines(seeded: readonly SeededCollection[]): readonly string[] {
  if (seeded.length === 0) return ['All collections already have documents; nothing was written.']
  const width = Math.max(...seeded.map(({ collection }) => collection.length))
  return seeded.map(({ collection, created, updated, skipped }) => {
    const parts = [
      `${formatCount(created)} new`,
      ...(updated > 0 ? [`${formatCount(updated)} updated`] : []),
      ...(skipped > 0
        ? [`${formatCount(skipped)} skipped: without a key or a unique field, existing documents cannot be recognised`]
        : []),
    ]
    return `${collection.padEnd(width)}  ${parts.join(', ')}`
  })
}
