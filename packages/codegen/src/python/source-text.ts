import { fits, INDENT } from './line'
import { typeItem, typeLine } from './type-text'

/** What changes the order or visibility of what stands beside it, or ends a line for some readers only. */
const UNSEEN = /[\p{Cc}\p{Cf}\u2028\u2029\ufeff]/gu

/** A literal, in the quotes that ruff would choose. */
export function quoted(text: string): string {
  const escaped = JSON.stringify(text)
    .slice(1, -1)
    .replace(/\\"/g, '"')
    .replace(/\\\//g, '/')
    .replace(UNSEEN, unicodeEscape)
  const quote = escaped.includes('"') && !escaped.includes("'") ? "'" : '"'
  return `${quote}${escaped.replaceAll(quote, `\\${quote}`)}${quote}`
}

function unicodeEscape(character: string): string {
  const code = character.codePointAt(0) ?? 0
  return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
}

/** A description as a docstring; it cannot end it, nor hide what follows. */
export function docstring(description: string | undefined, indent: string): string {
  const [first = '', ...others] = (description ?? '')
    .replaceAll('\\', '\\\\')
    .replaceAll('"""', '\\"\\"\\"')
    .split(/\r\n|[\n\r\u2028\u2029]/)
    .map((line) => line.replace(/\t/g, INDENT).replace(UNSEEN, '').trimEnd())
  const shift = Math.min(...others.filter((line) => line !== '').map((line) => line.length - line.trimStart().length))
  const lines = [first.trim(), ...others.map((line) => line.slice(shift === Number.POSITIVE_INFINITY ? 0 : shift))]
  while (lines.length > 1 && lines[0] === '') lines.shift()
  while (lines.length > 1 && lines.at(-1) === '') lines.pop()
  const [beginning = '', ...rest] = lines
  if (beginning.trim() === '') return ''
  // A quote would end, or begin, the quotes around it.
  const head = `${beginning.startsWith('"') ? ' ' : ''}${beginning.trim()}`
  if (rest.length === 0) return `${indent}"""${head}${head.endsWith('"') ? ' ' : ''}"""\n`
  return `${indent}"""${[head, ...rest.map((line) => (line === '' ? '' : indent + line)), indent].join('\n')}"""\n`
}

/**
 * `head(items)tail` as ruff breaks it: on one line, or with the items on the next one, or one line for each.
 * `head` ends with the bracket, `tail` begins with the other one. @param display of a list, tuple or dict: its items are never together on the next line
 */
export function bracketed(
  head: string,
  items: readonly string[],
  tail: string,
  { indent = '', display = false }: { readonly indent?: string; readonly display?: boolean } = {},
): string {
  const joined = items.join(', ')
  const line = `${indent}${head}${joined}${tail}`
  if (items.length === 0 || fits(line)) return `${line}\n`
  const inner = indent + INDENT
  const isOneParameter = items.length === 1 && head.startsWith('def ')
  if (!display && !isOneParameter && fits(inner + joined) && fits(indent + tail))
    return `${indent}${head}\n${inner}${joined}\n${indent}${tail}\n`
  return `${indent}${head}\n${items.map((item) => `${itemLine(item, inner)}\n`).join('')}${indent}${tail}\n`
}

/** `name: type`, or a type alone. */
function itemLine(item: string, indent: string): string {
  const [, name = '', type = item] = /^((?:[*\w]+|"[^"]*"): )(.*)$/s.exec(item) ?? []
  return typeItem(type, { indent, before: indent + name, after: ',' })
}

/** `name: type`, and what follows it. */
export function annotated(name: string, type: string, { indent = '', value = '' } = {}): string {
  return `${typeLine(type, { indent, before: `${indent}${name}: `, after: value })}\n`
}
