import { didYouMean } from '@koyalite/contracts'
import type { Collection } from '@koyalite/schema'
import { CommandError } from './command-error'
import type { Project } from './project'

/** The collection of that name. Throws a CommandError that names those that exist. */
export function requireCollection(project: Project, name: string): Collection {
  const collection = project.schema.collections.get(name)
  if (collection !== undefined) return collection
  throw new CommandError(`there is no collection '${name}'${didYouMean(name, project.schema.collections.keys())}`, {
    advice: `Collections in schema.yaml: ${[...project.schema.collections.keys()].join(', ')}.`,
  })
}
