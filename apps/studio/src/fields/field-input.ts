import { isCalendarDate } from '@koyalite/schema/calendar-date'
import { isBase64, isUuid } from '@koyalite/schema/formats'
import { ExactNumber, type Json, parseExact, printExact } from './exact-json'
import { type FieldInfo, holdsText } from './field'
import { formatTimestamp, parseTimestampIn, type Zone } from './zone'

/**
 * What a form, a cell or a pasted cell has of a field. NULL, a text of no characters and the default of the schema are three different things. Whatever is
 * typed stays the text that it is until it can be read.
 */
export type FieldInput =
  /** Not touched: a new document gets its default. */
  { readonly kind: 'default' } | { readonly kind: 'null' } | { readonly kind: 'text'; readonly text: string }

export type ReadInput =
  | { readonly kind: 'unset' }
  | { readonly kind: 'value'; readonly value: Json }
  | { readonly kind: 'problem'; readonly message: string; readonly choices?: readonly string[] }

/** The input that stands for a stored value. Timestamps in it have their offset, so that it means the same in every zone. */
export function inputOf(field: FieldInfo, value: Json | undefined, zone: Zone): FieldInput {
  if (value === undefined) return { kind: 'default' }
  if (value === null) return { kind: 'null' }
  return { kind: 'text', text: textOf(field, value, zone) }
}

function textOf({ type }: FieldInfo, value: Json, zone: Zone): string {
  if (type === 'json') return printExact(value, 2)
  if (type === 'timestamp' && typeof value === 'string') return formatTimestamp(value, zone)
  if (typeof value === 'string') return value
  return printExact(value)
}

/** The value that an input stands for, as the server takes it. It has the right type; what else the schema asks of it, `valueProblem` says. */
export function readInput(field: FieldInfo, input: FieldInput, zone: Zone): ReadInput {
  if (input.kind === 'default') return { kind: 'unset' }
  if (input.kind === 'null') return nothing(field)
  if (input.text.trim() === '' && !holdsText(field)) return nothing(field)
  return readText(field, input.text, zone)
}

function nothing({ type, nullable }: FieldInfo): ReadInput {
  if (nullable) return { kind: 'value', value: null }
  return problem(type === 'json' ? 'A value is needed: null in JSON is null here too' : 'A value is needed')
}

function readText(field: FieldInfo, text: string, zone: Zone): ReadInput {
  const trimmed = text.trim()
  if (field.enum !== null) return readChoice(field, trimmed)
  switch (field.type) {
    case 'string':
    case 'text':
      return valueRead(text)
    case 'uuid':
      return isUuid(trimmed)
        ? valueRead(trimmed.toLowerCase())
        : problem('Not a UUID, which has 32 digits: 0190163d-8694-739b-aea5-966c26f8ad91')
    case 'int':
      return /^[+-]?\d+$/.test(trimmed)
        ? valueRead(wholeNumber(trimmed))
        : problem(`Not a whole number${hintOf(trimmed)}`)
    case 'float':
      return FLOAT.test(trimmed) && Number.isFinite(Number(trimmed))
        ? valueRead(Number(trimmed))
        : problem(`Not a number${hintOf(trimmed)}`)
    case 'bool':
      return readBool(trimmed)
    case 'date':
      return isCalendarDate(trimmed) ? valueRead(trimmed) : problem('Not a date: write year, month and day, 2026-01-31')
    case 'timestamp':
      return readTime(trimmed, zone)
    case 'json':
      return readJson(text)
    case 'blob':
      return isBase64(trimmed) ? valueRead(trimmed) : problem('Not base64')
  }
}

const FLOAT = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/

function wholeNumber(text: string): number | ExactNumber {
  const number = Number(text)
  return Number.isSafeInteger(number) ? number + 0 : new ExactNumber(String(BigInt(text.replace(/^\+/, ''))))
}

/** People write 12,5 where theirs is the decimal comma; it might also be twelve thousand and a half. */
function hintOf(text: string): string {
  return /^[+-]?\d+,\d+$/.test(text) ? `: write a point, ${text.replace(',', '.')}` : ''
}

function readBool(text: string): ReadInput {
  if (/^(true|yes|1)$/i.test(text)) return valueRead(true)
  return /^(false|no|0)$/i.test(text) ? valueRead(false) : problem('Not true or false')
}

function readChoice({ enum: choices, type }: FieldInfo, text: string): ReadInput {
  const values = choices?.values ?? []
  const found = values.find((value) => String(value) === text) ?? values.find((value) => sameName(String(value), text))
  if (found !== undefined) return valueRead(found)
  const shown = values.length > 8 ? `${values.slice(0, 8).join(', ')} …` : values.join(', ')
  return problem(`${type === 'int' || type === 'float' ? text : `“${text}”`} is not one of ${shown}`)
}

function sameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}

function readTime(text: string, zone: Zone): ReadInput {
  const typed = parseTimestampIn(text, zone)
  switch (typed.kind) {
    case 'time':
      return valueRead(typed.at)
    case 'twice':
      return {
        kind: 'problem',
        message: 'Clocks were put back: it was that time twice. Which one?',
        choices: typed.options.map((at) => formatTimestamp(at, zone)),
      }
    case 'skipped':
      return problem('Clocks were put forward: it was never that time')
    case 'invalid':
      return problem('Not a time: write 2026-01-31 17:05, with an offset if it is another zone’s')
  }
}

function readJson(text: string): ReadInput {
  try {
    return valueRead(parseExact(text))
  } catch (error) {
    return problem(
      `Not JSON: ${error instanceof Error ? error.message.replace(/^JSON\.parse: |^JSON Parse error: /, '') : 'it cannot be read'}`,
    )
  }
}

function valueRead(value: Json): ReadInput {
  return { kind: 'value', value }
}

function problem(message: string): ReadInput {
  return { kind: 'problem', message }
}
