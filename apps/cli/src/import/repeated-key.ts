/** Braces, and strings with the colon that makes them keys: what stands in a string is passed over. */
const TOKENS = /[{}]|"((?:[^"\\]|\\.)*)"(\s*:)?/g

/**
 * The first key that an object in a JSON text has twice, of which JSON.parse would take the last without a word; null if there is none.
 * @param text what JSON.parse has accepted
 */
export function repeatedKey(text: string): string | null {
  const open: Set<string>[] = []
  for (const [token, content = '', colon] of text.matchAll(TOKENS)) {
    if (token === '{') open.push(new Set())
    else if (token === '}') open.pop()
    else if (colon !== undefined) {
      const name = content.includes('\\') ? (JSON.parse(`"${content}"`) as string) : content
      const names = open.at(-1)
      if (names?.has(name)) return name
      names?.add(name)
    }
  }
  return null
}
