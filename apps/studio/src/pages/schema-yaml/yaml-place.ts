/** Where somebody writes in a YAML text. */
export interface YamlPlace {
  /** The keys above, from the outermost; lists are no steps. */
  readonly path: readonly string[]
  /** What is begun there. */
  readonly word: string
  /** An item of a list may be a value, or begin with a key. */
  readonly kind: 'key' | 'value' | 'item'
}

const KEY = /^(\s*(?:- +)*)("[^"]*"|'[^']*'|[\w*]+) *:(?=\s|$)/

/** The place at the end of a text; null within comments, texts in quotes, and where neither a key nor a word begins. */
export function placeAt(before: string): YamlPlace | null {
  const lines = before.split('\n')
  const line = lines.at(-1) ?? ''
  if (/(^|\s)#/.test(withoutTexts(line)) || /["']/.test(withoutTexts(line))) return null
  const [dashes = ''] = /^\s*(?:- +)*/.exec(line) ?? []
  const above = pathAbove(lines.slice(0, -1), dashes.length)
  const flow = flowPath(line.slice(dashes.length))
  if (flow === null) return null
  const isItem = dashes.includes('-') && flow.kind === 'key' && flow.path.length === 0
  return { ...flow, path: [...above, ...flow.path], ...(isItem && { kind: 'item' }) }
}

/** Texts in quotes that end in the line become as many blanks. */
function withoutTexts(line: string): string {
  return line.replace(/"(?:[^"\\]|\\.)*"|'[^']*'/g, (text) => ' '.repeat(text.length))
}

/** The keys under which a line with this indentation stands. */
function pathAbove(lines: readonly string[], indentation: number): readonly string[] {
  const path: string[] = []
  let column = indentation
  for (const line of lines.toReversed()) {
    if (column === 0) break
    const [, lead = '', key = ''] = KEY.exec(line) ?? []
    const first = lead.search(/\S/)
    if (key !== '' && lead.length < column) {
      path.unshift(unquoted(key))
      column = first === -1 ? lead.length : first + 1
    } else if (first !== -1 && first < column && lead.length >= column) {
      // The item begins here: what is above is outside of it. A list may stand as far left as its key.
      column = first + 1
    }
  }
  return path
}

/** Within a line: through the maps and lists that are open at its end. */
function flowPath(line: string): YamlPlace | null {
  const path: string[] = []
  /** For each open bracket whether a key stands before it. */
  const open: { readonly isMap: boolean; readonly hasKey: boolean }[] = []
  let key: string | null = null
  let token = ''
  for (const part of line.match(/"(?:[^"\\]|\\.)*"|'[^']*'|[{}[\],]|:(?=\s|$)|[^\s{}[\],:"']+|:(?=\S)|\s+/g) ?? []) {
    if (part === '{' || part === '[') {
      open.push({ isMap: part === '{', hasKey: key !== null })
      if (key !== null) path.push(key)
      key = null
      token = ''
    } else if (part === '}' || part === ']') {
      if (open.pop()?.hasKey) path.pop()
      key = null
      token = ')'
    } else if (part === ',') {
      key = null
      token = ''
    } else if (part === ':' && key === null) {
      key = unquoted(token.trim())
      token = ''
    } else token += part
  }
  const word = token.trimStart()
  if (!/^[\w.]*( \w*)?$/.test(word)) return null
  if (key !== null) return { path: [...path, key], word, kind: 'value' }
  return { path, word, kind: open.at(-1)?.isMap === false ? 'value' : 'key' }
}

function unquoted(key: string): string {
  return key.replace(/^(["'])(.*)\1$/, '$2')
}
