import { parseEnv } from 'node:util'

/** Sets a variable in the text of a .env file, or takes it away; every other line stays as it is. Throws RangeError for a value that no such file can hold. */
export function editVariable(text: string, name: string, value: string | null): string {
  const lines = withoutVariable(text, name)
  if (value === null) return lines.text
  const line = `${name}=${quoted(value)}`
  const head = lines.text.slice(0, lines.at)
  const gap = head === '' || head.endsWith('\n') ? '' : '\n'
  const edited = `${head}${gap}${line}\n${lines.text.slice(lines.at)}`
  if (parseEnv(edited)[name] !== value) throw new RangeError('it has quotes of every kind: set the variable elsewhere')
  return edited
}

/** @returns the text without it, however often it stands there, and where it was first: the end, where it was not */
function withoutVariable(text: string, name: string): { readonly text: string; readonly at: number } {
  // What is in quotes may go on over several lines.
  const value = /(?:'[^']*'|"[^"]*"|`[^`]*`)?/.source
  const line = new RegExp(`^[ \\t]*(?:export[ \\t]+)?${name}[ \\t]*=[ \\t]*${value}[^\\n]*(?:\\n|$)`, 'gm')
  const at = text.search(line)
  return at === -1 ? { text, at: text.length } : { text: text.replace(line, ''), at }
}

function quoted(value: string): string {
  if (/^[\w./:@+,=-]*$/.test(value)) return value
  for (const quote of ["'", '`', '"']) {
    const isPlain = quote !== '"' || !value.includes('\\')
    if (!value.includes(quote) && isPlain) return `${quote}${value}${quote}`
  }
  return `"${value}"`
}
