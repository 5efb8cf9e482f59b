/**
 * Names of collections, fields, types, roles, indexes and policies. The properties of every JavaScript object are not valid names: programs would read a document's
 * field and find something else.
 */
export const NAME = /^(?!(?:constructor|prototype)$)[a-z][a-z0-9_]{0,62}$/

/** Why `name` cannot be a name, or undefined. `what` is e.g. "field". */
export function nameProblem(name: string, what: string): string | undefined {
  if (NAME.test(name)) return undefined
  if (name === 'constructor' || name === 'prototype' || name === '__proto__')
    return `${what} name '${name}' is not allowed: it conflicts with a property of JavaScript objects (use for example '${name.replace(/_/g, '')}_value')`
  if (name.startsWith('_'))
    return `${what} name '${name}' is not allowed: names that start with '_' are reserved for the system`
  const right = properName(name)
  const advice = right === undefined ? '' : ` (for example '${right}')`
  return `${what} name '${name}' is not allowed: use lower-case letters, digits and '_', at most 63 characters, starting with a letter${advice}`
}

/** Why `name` cannot be the name of a table or column of the database, or undefined. Odd names of adopted databases are fine. */
export function sqlNameProblem(name: string, what: 'table' | 'column'): string | undefined {
  if (name === '' || name.length > 255) return `${what} must have 1 to 255 characters`
  // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly those are refused
  if (/[\u0000-\u001f\u007f]/.test(name) || !name.isWellFormed()) return `${what} must not contain control characters`
  if (what === 'table' && /^(sqlite_|_koyalite_)/i.test(name)) return `table '${name}' belongs to the system`
  return undefined
}

/** The nearest allowed name: `authorId` → `author_id`. */
function properName(name: string): string | undefined {
  const snake = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[^a-z]+|_+$/g, '')
    .slice(0, 63)
  return NAME.test(snake) ? snake : undefined
}
