import { fits, INDENT } from './line'

/** A type, as far as it can be broken into lines. */
type TypeText =
  | { readonly kind: 'name'; readonly text: string }
  | {
      readonly kind: 'subscript'
      readonly text: string
      readonly brackets: readonly [head: string, tail: string]
      readonly items: readonly TypeText[]
    }
  | { readonly kind: 'union'; readonly text: string; readonly members: readonly TypeText[] }

interface Line {
  readonly indent: string
  /** What stands before and after it on its line. */
  readonly before: string
  readonly after: string
}

/** A line that has a type, broken as ruff does it where it is too long: a union in parentheses. */
export function typeLine(type: string, line: Line): string {
  if (isShort(type, line)) return line.before + type + line.after
  const parsed = parseType(type)
  if (parsed.kind !== 'union') return line.before + broken(parsed, line) + line.after
  const inner = line.indent + INDENT
  const union = broken(parsed, { indent: inner, before: inner, after: '' })
  return `${line.before}(\n${inner}${union}\n${line.indent})${line.after}`
}

/** The same inside of brackets, where a union needs none of its own. */
export function typeItem(type: string, line: Line): string {
  return line.before + broken(parseType(type), line) + line.after
}

function isShort(type: string, { before, after }: Line): boolean {
  return fits((before.split('\n').at(-1) ?? '') + type + after)
}

function broken(type: TypeText, line: Line): string {
  if (type.kind === 'name' || isShort(type.text, line)) return type.text
  const { indent } = line
  if (type.kind === 'union') {
    return type.members
      .map((member, i) => {
        const isLast = i === type.members.length - 1
        const before = i === 0 ? line.before : `${indent}| `
        return broken(member, { indent, before, after: isLast ? line.after : '' })
      })
      .join(`\n${indent}| `)
  }
  const inner = indent + INDENT
  const joined = type.items.map(({ text }) => text).join(', ')
  const [only] = type.items
  const items =
    type.items.length === 1 && only !== undefined
      ? `${inner}${broken(only, { indent: inner, before: inner, after: '' })}\n`
      : fits(inner + joined)
        ? `${inner}${joined}\n`
        : type.items.map((item) => `${inner}${broken(item, { indent: inner, before: inner, after: ',' })},\n`).join('')
  return `${type.brackets[0]}\n${items}${indent}${type.brackets[1]}`
}

function parseType(text: string): TypeText {
  const members = splitAt(text, ' | ')
  if (members.length > 1) return { kind: 'union', text, members: members.map(parseType) }
  const [, head, inside, tail] = /^([\w.]+[[(])(.*)([\])])$/s.exec(text) ?? []
  if (head === undefined || inside === undefined || tail === undefined) return { kind: 'name', text }
  return { kind: 'subscript', text, brackets: [head, tail], items: splitAt(inside, ', ').map(parseType) }
}

/** Outside of brackets and literals. */
function splitAt(text: string, separator: string): readonly string[] {
  const parts: string[] = []
  let [depth, start] = [0, 0]
  for (const { 0: token, index } of text.matchAll(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[[(]|[\])]| \| |, /g)) {
    if (token === '[' || token === '(') depth++
    else if (token === ']' || token === ')') depth--
    else if (token === separator && depth === 0) {
      parts.push(text.slice(start, index))
      start = index + token.length
    }
  }
  return [...parts, text.slice(start)]
}
