import { AppError, type InexactNumber, inexactMessage, inexactNumbers } from '@koyalite/contracts'
import { type ParseError, parse } from 'jsonc-parser'

/** Deeper bodies are refused: everything that later walks them is recursive. */
export const MAX_JSON_DEPTH = 64
/** Objects, arrays and scalars together. A batch of 1000 documents with 500 values each is within it. */
export const MAX_JSON_NODES = 1_000_000
/** Finding the place of a mistake takes a second, slower parser; it is not run on bodies longer than this (characters). */
const MAX_LENGTH_FOR_POSITION = 65_536

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** What becomes of numbers that would not come back as they were sent. */
export interface NumberPolicy {
  /** Whether one may be read anyway. */
  allows(number: InexactNumber, body: unknown): boolean
  /** The error for the others. */
  refusal(numbers: readonly InexactNumber[], body: unknown): AppError
}

/** None is read: with what it is, the caller learns where it stands. */
const EXACT_NUMBERS: NumberPolicy = {
  allows: () => false,
  refusal(numbers) {
    const details = numbers.map(({ path, token }) => {
      const field = path.join('.')
      return { field, code: 'inexact', message: inexactMessage(field || 'the body', token) }
    })
    return new AppError('VALIDATION_ERROR', details[0]?.message ?? '', { details })
  },
}

/**
 * Parses JSON that a stranger wrote. Objects have no prototype, so that any key is an ordinary one; at the top, where keys are names of the API, those that
 * could reach a prototype are refused. Refused are also numbers that would not come back as they are (1e999, 9007199254740993), too much depth and
 * too many nodes.
 * @throws AppError INVALID_JSON, and what the policy refuses numbers with
 */
export function parseJson(bytes: Uint8Array, numbers: NumberPolicy = EXACT_NUMBERS): unknown {
  let text: string
  try {
    text = utf8.decode(bytes)
  } catch (cause) {
    throw new AppError('INVALID_JSON', 'the body is not valid UTF-8', { cause })
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new AppError('INVALID_JSON', describeMistake(text), { cause })
  }
  if (typeof value === 'object' && value !== null) makeSafe(value, 1, { nodes: 0 })
  const refused = inexactNumbers(text, (number) => numbers.allows(number, value))
  if (refused.length > 0) throw numbers.refusal(refused, value)
  return value
}

interface Count {
  nodes: number
}

/** Takes the prototypes away where the objects are: a copy of one with many keys costs as much as parsing it. */
function makeSafe(value: object, depth: number, count: Count): void {
  if (depth > MAX_JSON_DEPTH) {
    throw new AppError('INVALID_JSON', `the body is nested more than ${MAX_JSON_DEPTH} levels deep`)
  }
  if (!Array.isArray(value)) {
    const dangerous = depth === 1 ? DANGEROUS_KEYS.find((key) => Object.hasOwn(value, key)) : undefined
    if (dangerous !== undefined) throw new AppError('INVALID_JSON', `the key '${dangerous}' is not allowed`)
    Object.setPrototypeOf(value, null)
  }
  const items: readonly unknown[] = Array.isArray(value) ? value : Object.values(value)
  countNodes(count, items.length + 1)
  for (const item of items) if (typeof item === 'object' && item !== null) makeSafe(item, depth + 1, count)
}

const DANGEROUS_KEYS = ['__proto__', 'constructor', 'prototype']

function countNodes(count: Count, more: number): void {
  count.nodes += more
  if (count.nodes > MAX_JSON_NODES) {
    throw new AppError('INVALID_JSON', `the body has more than ${MAX_JSON_NODES} values`)
  }
}

function describeMistake(text: string): string {
  if (text.trim() === '') return 'the body is empty; expected JSON'
  const offset = text.length > MAX_LENGTH_FOR_POSITION ? null : offsetOfMistake(text)
  if (offset === null) return 'the body is not valid JSON'
  const before = text.slice(0, offset)
  const line = before.split('\n').length
  const column = offset - before.lastIndexOf('\n')
  if (offset >= text.trimEnd().length) {
    return `the body is not valid JSON: unexpected end at line ${line}, column ${column}`
  }
  const advice = lacksDoubleQuotes(before, text.slice(offset)) ? ' (names and texts need double quotes)' : ''
  return `the body is not valid JSON: syntax error at line ${line}, column ${column}${advice}`
}

/** Whether a name or a text starts here as JavaScript or a shell would allow it. */
function lacksDoubleQuotes(before: string, after: string): boolean {
  const previous = before.trimEnd().at(-1) ?? ''
  return after.startsWith("'") || (['{', ','].includes(previous) && /^[A-Za-z_]/.test(after))
}

/** Null where the second parser sees no mistake, or where the text is nested too deeply for it. */
function offsetOfMistake(text: string): number | null {
  const errors: ParseError[] = []
  try {
    parse(text, errors, { disallowComments: true, allowTrailingComma: false })
  } catch (thrown) {
    if (thrown instanceof RangeError) return null
    throw thrown
  }
  return errors[0]?.offset ?? null
}
