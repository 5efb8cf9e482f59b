/** Comments, texts, names, and whatever else has one character. */
const TOKEN = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*"|`[^`]*`|[\p{L}_][\p{L}\p{N}_]*|\S/gu

const DECLARATIONS: ReadonlySet<string> = new Set(['func', 'type', 'var', 'const'])

/** Whether a file in Go imports "C". Imports are at its beginning. */
export function usesCgo(text: string): boolean {
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === '"C"' || token === '`C`') return true
    if (DECLARATIONS.has(token)) return false
  }
  return false
}
