import { type Actor, type Denial, printableJson, printableText } from '@koyalite/contracts'
import type { Collection } from '@koyalite/schema'

/** Characters of a body that still fits into a command. */
const MAX_DATA = 2000
const MAX_TEXT = 100

/** The arguments of the command that explains a denial: `rules explain posts update --as user:0197… --id 0197…`. */
export function explainCommand(denial: Denial, actor: Actor, collection: Collection): readonly string[] {
  const { operation, id } = denial
  const data = operation === 'create' || operation === 'update' ? dataOf(denial, collection) : null
  return [
    ...['rules', 'explain', collection.name, operation, '--as', asOf(actor)],
    // A key that no terminal shows as it is cannot be pasted.
    ...(id === null || printableText(id) !== id || /[\n\t]/.test(id) ? [] : ['--id', id]),
    ...(data === null ? [] : ['--data', data]),
  ]
}

/** As `rules explain` reads it. */
function asOf(actor: Actor): string {
  switch (actor.kind) {
    case 'user':
      return `user:${actor.id}`
    case 'operator':
      return `operator:${actor.role}`
    case 'service_key': {
      // None of its scopes allows the operation: rules see the same caller whichever it is.
      const [granted] = actor.scopes
      if (granted === undefined) return 'anonymous'
      const { scope, collections } = granted
      return `key:${scope}${collections === undefined ? '' : `=${collections.join(',')}`}`
    }
    case 'anonymous':
    case 'system':
      return 'anonymous'
  }
}

/**
 * Of the body only what the collection has: a password that was sent to the wrong place is not repeated. Where it is too long for a command, long texts are cut:
 * rules seldom look at them. Null where that is not enough, or it is no document.
 */
function dataOf({ data }: Denial, { fields }: Collection): string | null {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return null
  const known = Object.fromEntries(Object.entries(data).filter(([name]) => fields.has(name)))
  const whole = printableJson(known)
  if (whole.length <= MAX_DATA) return whole
  const cut = printableJson(shortened(known))
  return cut.length <= MAX_DATA ? cut : null
}

function shortened(known: Readonly<Record<string, unknown>>): object {
  const entries = Object.entries(known)
  return Object.fromEntries(
    entries.map(([name, value]) => [name, typeof value === 'string' ? value.slice(0, MAX_TEXT).toWellFormed() : value]),
  )
}
