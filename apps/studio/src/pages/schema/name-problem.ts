import { NAME } from '@koyalite/schema'

/** Why something cannot be called so; null where it can. */
export function nameProblem(name: string, taken: Iterable<string>, what: string): string | null {
  if (name === '') return `Name the ${what}.`
  if (name.startsWith('_')) return 'Names that begin with _ belong to the system.'
  if (!NAME.test(name)) return 'Use small letters, digits and _, beginning with a letter, at most 63.'
  return [...taken].includes(name) ? `There already is a ${what} '${name}'.` : null
}
