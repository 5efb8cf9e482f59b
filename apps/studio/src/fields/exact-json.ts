import { numberFidelity } from '@koyalite/contracts/number-fidelity'

/** A number that JavaScript would round, as it is written. */
export class ExactNumber {
  readonly digits: string
  constructor(digits: string) {
    this.digits = digits
  }
}

export type Json = null | boolean | number | string | ExactNumber | readonly Json[] | { readonly [name: string]: Json }

export type JsonObject = { readonly [name: string]: Json }

/** Throws a SyntaxError. Unlike JSON.parse, it rounds no number. */
export function parseExact(text: string): Json {
  return parse(text, (_name, value, context) =>
    typeof value === 'number' && context?.source !== undefined && numberFidelity(context.source) === 'inexact'
      ? new ExactNumber(context.source)
      : value,
  ) as Json
}

/** The third parameter of a reviver is newer than TypeScript's types. */
type Reviver = (name: string, value: unknown, context?: { readonly source?: string }) => unknown
const parse = JSON.parse as (text: string, reviver: Reviver) => unknown

/** The opposite of `parseExact`. @param indent spaces for each level; 0 for one line */
export function printExact(value: Json, indent = 0): string {
  return print(value, { indent, level: 0 })
}

interface Layout {
  readonly indent: number
  readonly level: number
}

function print(value: Json, layout: Layout): string {
  if (value instanceof ExactNumber) return value.digits
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const inner = { ...layout, level: layout.level + 1 }
  const colon = layout.indent > 0 ? ': ' : ':'
  if (isList(value))
    return enclosed(
      '[]',
      layout,
      value.map((item) => print(item, inner)),
    )
  return enclosed(
    '{}',
    layout,
    Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}${colon}${print(item, inner)}`),
  )
}

function enclosed(brackets: '[]' | '{}', { indent, level }: Layout, parts: readonly string[]): string {
  if (parts.length === 0) return brackets
  if (indent === 0) return `${brackets[0]}${parts.join(',')}${brackets[1]}`
  const margin = ' '.repeat(indent * (level + 1))
  return `${brackets[0]}\n${parts.map((part) => margin + part).join(',\n')}\n${' '.repeat(indent * level)}${brackets[1]}`
}

/** Whether two values are the same document to a reader: the order of names does not count. */
export function sameJson(one: Json | undefined, other: Json | undefined): boolean {
  if (one === other) return true
  if (one instanceof ExactNumber || other instanceof ExactNumber)
    return one instanceof ExactNumber && other instanceof ExactNumber && one.digits === other.digits
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false
  if (isList(one) || isList(other))
    return (
      isList(one) && isList(other) && one.length === other.length && one.every((item, at) => sameJson(item, other[at]))
    )
  const names = Object.keys(one)
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && sameJson(one[name], other[name]))
  )
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !isList(value) && !(value instanceof ExactNumber)
}
