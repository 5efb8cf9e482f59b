const LINE_WIDTH = 80
/** A tab counts as this many columns. */
const TAB_WIDTH = 2

/** What changes the order or visibility of what stands beside it, or ends a line for some readers only. */
const UNSEEN = /[\p{Cc}\p{Cf}\u2028\u2029\ufeff]/gu

/** A text in quotes, of the kind that it has fewer of. */
export function quoted(text: string): string {
  const escaped = JSON.stringify(text).slice(1, -1).replace(/\\"/g, '"').replace(UNSEEN, unicodeEscape)
  const [double, single] = ['"', "'"].map((quote) => escaped.split(quote).length)
  const quote = (double ?? 0) > (single ?? 0) ? "'" : '"'
  return `${quote}${escaped.replaceAll(quote, `\\${quote}`)}${quote}`
}

function unicodeEscape(character: string): string {
  const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i))
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')
}

/** The name of a property, in quotes only where it needs them. */
export function propertyName(name: string): string {
  return /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u.test(name) ? name : quoted(name)
}

/** A description as a comment before what it describes; it cannot end the comment, nor hide what follows. */
export function comment(description: string | undefined, indent = ''): string {
  const lines = (description ?? '')
    .replaceAll('*/', '*\\/')
    .split(/\r\n|[\n\r\u2028\u2029]/)
    .map((line) => line.replace(/\t/g, ' ').replace(UNSEEN, '').trimEnd())
  const text = lines.join('\n').trim()
  if (text === '') return ''
  if (!text.includes('\n')) return `${indent}/** ${text} */\n`
  const body = text.split('\n').map((line) => `${indent} * ${line}`.trimEnd())
  return `${indent}/**\n${body.join('\n')}\n${indent} */\n`
}

/** Whether a line has room. */
export function fits(line: string): boolean {
  // No character is wider than two columns, nor a tab.
  if (line.length * 2 <= LINE_WIDTH) return true
  const tabs = line.split('\t').length - 1
  return Bun.stringWidth(line.replaceAll('\t', '')) + tabs * TAB_WIDTH <= LINE_WIDTH
}

/** `before` with a type behind it: `\ttitle: string;`, or one line for each member of a union where they have no room on one. */
export function typed(before: string, members: readonly string[], indent: string): string {
  const line = `${before} ${members.join(' | ')};`
  if (fits(line) || members.length === 1) return `${line}\n`
  return `${before}\n${members.map((member) => `${indent}\t| ${member}`).join('\n')};\n`
}

/** On one line, or with the rest on the next one. */
export function broken(start: string, rest: string, indent = ''): string {
  const line = `${start} ${rest}`
  return fits(line) ? line : `${start}\n${indent}\t${rest}`
}
