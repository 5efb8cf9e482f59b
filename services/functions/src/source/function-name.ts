/** As addresses, keys and clients have it. */
const NAME = /^[a-z][A-Za-z0-9_-]{0,62}$/

/** Programs would find something else under these names: `await client.fn.then`. */
const RESERVED: ReadonlySet<string> = new Set(['constructor', 'prototype', 'then'])

/** Parts of addresses beside names of functions: `/api/admin/functions/executions`. */
const TAKEN: ReadonlySet<string> = new Set(['executions'])

/** Why a function cannot have this name; undefined where it can. */
export function functionNameProblem(name: string): string | undefined {
  if (RESERVED.has(name)) return `a function cannot be called '${name}': it is a property of JavaScript objects`
  if (TAKEN.has(name))
    return `a function cannot be called '${name}': /api/admin/functions/${name} is an address of the server`
  if (NAME.test(name)) return undefined
  const right = properName(name)
  const advice = right === undefined ? '' : ` (for example '${right}')`
  return `'${name.slice(0, 100)}' is not a name of a function: use letters, digits, '-' and '_', at most 63 characters, starting with a lower-case letter${advice}`
}

function properName(name: string): string | undefined {
  const words = name.replace(/[^A-Za-z0-9_-]+/g, '-').replace(/^[^A-Za-z]+|[-_]+$/g, '')
  const proper = (words.slice(0, 1).toLowerCase() + words.slice(1)).slice(0, 63)
  return NAME.test(proper) && !RESERVED.has(proper) ? proper : undefined
}

/** Names that are one where case, or the way of joining words, does not count: in file systems and in clients (`send-digest`, `sendDigest`). */
export function sameName(name: string): string {
  return name.replace(/[-_]/g, '').toLowerCase()
}
