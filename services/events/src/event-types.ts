import { didYouMean, type ErrorDetail, matchesEvent, SYSTEM_EVENTS } from '@koyalite/contracts'

/** What happens to documents, as types of events call it, by the operation of the change log. */
export const CHANGE_EVENTS = { insert: 'created', update: 'updated', delete: 'deleted' } as const

/** First parts of types that are not the project's to give. */
const RESERVED: readonly string[] = ['auth', 'job', 'function', 'mail']
const MAX_LENGTH = 128
/** Letters more or less: `notes_sent.*` is no misspelt `notes.*`. */
const MAX_MISSPELT = 2
const OWN_TYPE = /^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$/
const PATTERN = /^(\*|[a-z][a-z0-9_]*(\.[a-z0-9_]+)*\.(\*|[a-z0-9_]+))$/

export function typesOfCollection(collection: string): readonly string[] {
  return Object.values(CHANGE_EVENTS).map((what) => `${collection}.${what}`)
}

/** What is wrong with a name for an event of the project's own. */
export function ownTypeProblems(type: string, collections: readonly string[]): readonly ErrorDetail[] {
  const problem = (code: string, message: string): readonly ErrorDetail[] => [{ field: 'type', code, message }]
  if (type.length > MAX_LENGTH || !OWN_TYPE.test(type)) {
    return problem(
      'pattern',
      `must be lower-case words with dots between them, like orders.paid, of at most ${MAX_LENGTH} characters`,
    )
  }
  const first = firstPart(type)
  if (RESERVED.includes(first)) {
    return problem('reserved', `must not begin with '${first}.': these events are the server's own`)
  }
  if (collections.includes(first)) {
    return problem('reserved', `must not begin with '${first}.': these events are changes of the collection '${first}'`)
  }
  return []
}

/** Why a pattern names no event that there is or may be; null where it does. */
export function patternProblem(pattern: string, collections: readonly string[]): string | null {
  if (pattern.length > MAX_LENGTH || !PATTERN.test(pattern)) {
    return `'${pattern.slice(0, MAX_LENGTH)}' is not an event: use names like posts.created, or posts.* and * for several`
  }
  if (pattern === '*') return null
  const first = firstPart(pattern)
  const isKnown = RESERVED.includes(first) || collections.includes(first)
  const known = [...SYSTEM_EVENTS, ...collections.flatMap(typesOfCollection)]
  if (known.some((type) => matchesEvent(pattern, type))) return null
  if (isKnown) {
    const there = known.filter((type) => firstPart(type) === first)
    const hint = there.length === 0 ? '' : ` (there are ${there.join(', ')})`
    return `'${pattern}' is not an event that there is${hint}`
  }
  // An own event may have any name; one that looks like a misspelt collection is one.
  const isChange = pattern.endsWith('.*') || Object.values(CHANGE_EVENTS).some((what) => pattern === `${first}.${what}`)
  const near = collections.filter(({ length }) => Math.abs(length - first.length) <= MAX_MISSPELT)
  const meant = isChange ? didYouMean(first, near) : ''
  return meant === '' ? null : `'${pattern}' is not an event: there is no collection '${first}'${meant}`
}

function firstPart(type: string): string {
  return type.slice(0, type.indexOf('.'))
}
