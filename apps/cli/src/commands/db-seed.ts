import type { Command } from 'commander'
import { CommandError } from '../command-error'
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
Seeds are lists of documents in files named after collections (seeds/posts.yaml, .json, .ndjson, .csv), or maps from
collections to lists. Those in seeds/<environment>/ belong to that environment (KOYALITE_ENV) only. Seeding again
duplicates nothing: documents are recognised by their key or a unique field, and get the fields that the seed gives.
All files are read before anything is written, and everything is written together or not at all (what is larger than
20 MB in several parts).`

export function dbSeedCommand(): Command {
  return projectCommand('seed', 'write the documents of seeds/', EXAMPLES)
    .argument('[files...]', 'only these files')
    .option('--if-empty', 'leave collections alone that have documents')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', NOTES)
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
    throw new CommandError('there are no seeds', {
      advice: 'Write a file named after a collection: seeds/posts.yaml, with a list of documents.',
    })
  }
  return applySeeds(project, files, { ifEmpty })
}

/** One line per collection. */
export function seedLines(seeded: readonly SeededCollection[]): readonly string[] {
  if (seeded.length === 0) return ['Every collection has documents already; nothing was written.']
  const width = Math.max(...seeded.map(({ collection }) => collection.length))
  return seeded.map(({ collection, created, updated, skipped }) => {
    const parts = [
      `${formatCount(created)} new`,
      ...(updated > 0 ? [`${formatCount(updated)} were there`] : []),
      ...(skipped > 0
        ? [`${formatCount(skipped)} left out: without a key or a unique field nobody can tell whether they are there`]
        : []),
    ]
    return `${collection.padEnd(width)}  ${parts.join(', ')}`
  })
}
