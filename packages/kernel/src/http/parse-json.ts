import { AppError, type InexactNumber, inexactMessage, inexactNumbers } from '@koyalite/contracts'
import { type ParseError, parse } from 'jsonc-parser'
import { EventLoopShare } from '../lifecycle/event-loop-share'

/** Deeper bodies are refused: everything that later walks them is recursive. */
export const MAX_JSON_DEPTH = 64
/** Objects, arrays and scalars together. A batch of 1000 documents with 500 values each is within it. */
export const MAX_JSON_NODES = 1_000_000
/** Bytes from which on parsing can take longer than the event loop should wait. */
export const LONG_JSON = 64 * 1024
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
  const text = textOf(bytes)
  const value = parsed(text)
  const walk = walkOf(value)
  while (makeSafe(walk));
  requireExact(text, value, numbers)
  return value
}

/** The same for what may be long: others have the event loop between its parts, and whoever asked gets the value early in a turn. */
export async function parseJsonInTurns(bytes: Uint8Array, numbers: NumberPolicy = EXACT_NUMBERS): Promise<unknown> {
  const share = new EventLoopShare()
  requireShallow(bytes)
  const text = textOf(bytes)
  const value = parsed(text)
  const walk = walkOf(value)
  await share.next()
  while (makeSafe(walk)) await share.next()
  requireExact(text, value, numbers)
  await share.next()
  return value
}

/** Before it is parsed: half a million lists in one another take longer than anything else of their length. */
function requireShallow(bytes: Uint8Array): void {
  let depth = 0
  let isText = false
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte === QUOTE) isText = !isText
    else if (isText) {
      if (byte === BACKSLASH) at++
    } else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      if (++depth > MAX_JSON_DEPTH) throw tooDeep()
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) depth--
  }
}

const QUOTE = 0x22
const OPEN_LIST = 0x5b
const BACKSLASH = 0x5c
const CLOSE_LIST = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

function tooDeep(): AppError {
  return new AppError('INVALID_JSON', `the body is nested more than ${MAX_JSON_DEPTH} levels deep`)
}

function textOf(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch (cause) {
    throw new AppError('INVALID_JSON', 'the body is not valid UTF-8', { cause })
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new AppError('INVALID_JSON', describeMistake(text), { cause })
  }
}

function requireExact(text: string, value: unknown, numbers: NumberPolicy): void {
  const refused = inexactNumbers(text, (number) => numbers.allows(number, value))
  if (refused.length > 0) throw numbers.refusal(refused, value)
}

/** Objects and arrays that are still to be looked at, with the depth of each. */
interface Walk {
  readonly left: object[]
  readonly depths: number[]
  nodes: number
}

function walkOf(value: unknown): Walk {
  const walk: Walk = { left: [], depths: [], nodes: 0 }
  if (typeof value !== 'object' || value === null) return walk
  const dangerous = Array.isArray(value) ? undefined : DANGEROUS_KEYS.find((key) => Object.hasOwn(value, key))
  if (dangerous !== undefined) throw new AppError('INVALID_JSON', `the key '${dangerous}' is not allowed`)
  walk.left.push(value)
  walk.depths.push(1)
  return walk
}

/** Objects and arrays of one part of a walk. */
const PART = 10_000

/**
 * Takes the prototypes away where the objects are: a copy of one with many keys costs as much as parsing it. One part of a walk; false where nothing is left.
 */
function makeSafe(walk: Walk): boolean {
  const { left, depths } = walk
  for (let count = 0; count < PART; count++) {
    const value = left.pop()
    if (value === undefined) return false
    const depth = depths.pop() as number
    if (depth > MAX_JSON_DEPTH) throw tooDeep()
    if (!Array.isArray(value)) Object.setPrototypeOf(value, null)
    const items: readonly unknown[] = Array.isArray(value) ? value : Object.values(value)
    countNodes(walk, items.length + 1)
    for (const item of items) {
      if (typeof item !== 'object' || item === null) continue
      left.push(item)
      depths.push(depth + 1)
    }
  }
  return true
}

const DANGEROUS_KEYS = ['__proto__', 'constructor', 'prototype']

function countNodes(walk: Walk, more: number): void {
  walk.nodes += more
  if (walk.nodes > MAX_JSON_NODES) {
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
