const BRACE_OR_QUOTE = /[{}"]/g
const COLON = /\s*:/y

/**
 * The first key that an object in a JSON text has twice, of which JSON.parse would take the last without a word; null if there is none.
 * No expression goes over a whole string: over one of megabytes it runs out of space, and finds nothing.
 * @param text what JSON.parse has accepted
 */
export function repeatedKey(text: string): string | null {
  const open: Set<string>[] = []
  BRACE_OR_QUOTE.lastIndex = 0
  for (let found = BRACE_OR_QUOTE.exec(text); found !== null; found = BRACE_OR_QUOTE.exec(text)) {
    if (found[0] === '{') open.push(new Set())
    else if (found[0] === '}') open.pop()
    else {
      const end = endOfString(text, found.index)
      BRACE_OR_QUOTE.lastIndex = end
      COLON.lastIndex = end
      if (!COLON.test(text)) continue
      const name = JSON.parse(text.slice(found.index, end)) as string
      const names = open.at(-1)
      if (names?.has(name)) return name
      names?.add(name)
    }
  }
  return null
}

/** The index after the closing quote: the first with an even number of backslashes before it. */
function endOfString(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); ; quote = text.indexOf('"', quote + 1)) {
    let first = quote
    while (text[first - 1] === '\\') first--
    if ((quote - first) % 2 === 0) return quote + 1
  }
}
