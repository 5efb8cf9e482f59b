import type { JsonValue } from '@koyalite/contracts'
import { stringify } from 'yaml'

/** A value in one line: `{ type: string, maxLength: 200 }`. */
export function inlineYaml(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(inlineYaml).join(', ')}]`
  if (value === null || typeof value !== 'object') return scalarYaml(value)
  const entries = Object.entries(value).map(([key, one]) => `${keyYaml(key)}: ${inlineYaml(one as JsonValue)}`)
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`
}

/** As in the files of examples: words and amounts (`10mb`, `5/minute`) stand by themselves, all other texts in double quotes. */
const WORDS = /^(?:[A-Za-z_]|\d+[A-Za-z/])(?:[\w.:*/-]|\s(?! ))*$/

export function scalarYaml(value: string | number | boolean | null): string {
  if (typeof value !== 'string') return JSON.stringify(value)
  if (!WORDS.test(value) || /[:\s]$|: |[\n\r\t]/.test(value)) return quoted(value)
  const written = stringify([value], { collectionStyle: 'flow', lineWidth: 0 }).trim()
  return written === `[ ${value} ]` ? value : quoted(value)
}

/** JSON is YAML, but for what lines may end with. */
function quoted(value: string): string {
  return JSON.stringify(value).replace(/[\u0085\u2028\u2029\ufeff]/g, (one) => {
    return `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}

export function keyYaml(key: string): string {
  return scalarYaml(key)
}

/** `key: value` in lines to so many levels, without the first line's indentation and the last line's end. */
export function entryYaml(key: string, value: JsonValue, { lines, indent }: { lines: number; indent: number }): string {
  return `${keyYaml(key)}:${valueYaml(value, { lines, indent })}`
}

/** What follows on the colon of a key that is indented so. */
export function valueYaml(value: JsonValue, { lines, indent }: { lines: number; indent: number }): string {
  const isMap = value !== null && typeof value === 'object' && !Array.isArray(value)
  const isFilledList = Array.isArray(value) && value.some((item) => item !== null && typeof item === 'object')
  if (lines < 1 || (!isMap && !isFilledList) || Object.keys(value).length === 0) return ` ${inlineYaml(value)}`
  const inner = indent + 2
  const start = `\n${' '.repeat(inner)}`
  if (Array.isArray(value)) return value.map((item) => `${start}- ${inlineYaml(item)}`).join('')
  const entries = Object.entries(value)
  return entries
    .map(([key, one]) => `${start}${entryYaml(key, one as JsonValue, { lines: lines - 1, indent: inner })}`)
    .join('')
}
