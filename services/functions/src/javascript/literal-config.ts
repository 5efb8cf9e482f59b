/** Larger ones are no manifest. */
const MAX_CHARS = 64 * 1024

/**
 * The object that `export const config = { … }` is, where it is a literal at the beginning of a line: what has to be known before the code runs. Undefined
 * where there is none. It is a reading of the text, not of the program: what the code says of itself once it runs is compared with it.
 */
export function literalConfig(source: string): unknown {
  const found = /^export const config(?:\s*:\s*[\w.]+)?\s*=\s*(?=\{)/m.exec(source)
  if (found === null) return undefined
  const start = found.index + found[0].length
  const end = endOfObject(source, start)
  if (end === undefined) return undefined
  try {
    return Bun.JSON5.parse(source.slice(start, end))
  } catch {
    // It computes something, or names a variable.
    return undefined
  }
}

/** Texts and comments, in which braces mean nothing; and braces. */
const PARTS = /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?\*\/|[{}]/g

function endOfObject(source: string, start: number): number | undefined {
  const text = source.slice(start, start + MAX_CHARS)
  let depth = 0
  for (const { 0: part, index } of text.matchAll(PARTS)) {
    if (part === '{') depth++
    if (part === '}' && --depth === 0) return start + index + 1
  }
  return undefined
}
