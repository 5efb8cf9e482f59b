import { KoyaError } from './koya-error'
import { valueText } from './values'

/** A value of an expression: it travels beside the text, never as a part of it. */
export type WhereValue = string | number | boolean | null | Date | readonly WhereValue[]

export interface Condition {
  /** With `$1`, `$2` … in the places of its values. */
  readonly expression: string
  /** JSON texts. */
  readonly values: readonly string[]
}

/** Of a tagged template, or of a text with `$1`. Throws INVALID_FILTER for values that JSON does not have, and for places without a value. */
export function conditionOf(text: string | readonly string[], values: readonly unknown[]): Condition {
  const expression = typeof text === 'string' ? text : text.reduce((before, part, index) => `${before}$${index}${part}`)
  for (const place of placesIn(expression)) {
    if (place <= values.length) continue
    throw new KoyaError('INVALID_FILTER', `$${place} in \`where\` has no value: there are ${values.length}.`)
  }
  const texts = values.map((value, index) =>
    valueText(value, (problem) => new KoyaError('INVALID_FILTER', `$${index + 1} of \`where\` ${problem}.`)),
  )
  return { expression, values: texts }
}

/** What says that all of them hold, with the values as JSON. */
export function allHold(conditions: readonly Condition[]): {
  readonly where?: string | undefined
  readonly params?: string | undefined
} {
  const values = conditions.flatMap((condition) => condition.values)
  const [first] = conditions
  return {
    where: conditions.length > 1 ? joined(conditions) : first?.expression,
    params: values.length > 0 ? `[${values.join()}]` : undefined,
  }
}

function joined(conditions: readonly Condition[]): string {
  let before = 0
  const texts = conditions.map(({ expression, values }) => {
    const own = replacePlaces(expression, (place) => `$${place + before}`)
    before += values.length
    // The end of a line ends a comment, too.
    return own.includes('//') ? `(${own}\n)` : `(${own})`
  })
  return texts.join(' && ')
}

/** A text in quotes, bytes and a comment, in which `$1` is nothing but text; or a place. */
const WORD = /[rR]("""|'''|["'])[\s\S]*?\1|("""|'''|["'])(?:\\[\s\S]|(?!\2)[^\\])*\2|\/\/[^\n]*|\$([1-9]\d*)/g

function replacePlaces(expression: string, replacement: (place: number) => string): string {
  return expression.replace(WORD, (word, _raw, _quote, place) =>
    place === undefined ? word : replacement(Number(place)),
  )
}

function placesIn(expression: string): readonly number[] {
  return Array.from(expression.matchAll(WORD), (match) => Number(match[3] ?? 0))
}
