import { RE2JS } from 're2js'

/** A compiled pattern: is there a match anywhere in the text? Takes time linear in the text. */
export interface Pattern {
  /** Instructions of its program. */
  readonly size: number
  test(text: string): boolean
}

const MAX_PATTERN = 1000

/**
 * Compiles an RE2 pattern; throws a SyntaxError that says why not. RE2 has no lookaround and no backreferences: that is the price
 * for never hanging on hostile text.
 */
export function compilePattern(pattern: string): Pattern {
  if (pattern.length > MAX_PATTERN) throw new SyntaxError(`the pattern is longer than ${MAX_PATTERN} characters`)
  try {
    const compiled = RE2JS.compile(pattern)
    return { size: compiled.programSize(), test: (text) => compiled.test(text) }
  } catch (error) {
    throw new SyntaxError(reason(pattern, error), { cause: error })
  }
}

/** Why a pattern cannot be used, or undefined. */
export function patternProblem(pattern: string): string | undefined {
  try {
    compilePattern(pattern)
    return undefined
  } catch (error) {
    return error instanceof SyntaxError ? error.message : String(error)
  }
}

/**
 * About how many instructions the program of a pattern will have, at most: counted repetitions multiply what they repeat. For patterns that strangers
 * write, before they are compiled.
 */
export function patternSize(pattern: string): number {
  // The sizes of what stands in each open group, and of what a repetition behind it would repeat.
  const open: number[] = []
  let [size, last] = [0, 0]
  for (const [token, group, from, to] of pattern.matchAll(TOKEN)) {
    if (token === '(') {
      open.push(size)
      size = 0
    } else if (token === ')') {
      last = size + 2
      size = last + (open.pop() ?? 0)
    } else if (from !== undefined) {
      const repeated = last * Number(to || from) + 1
      size += repeated
      last = repeated
    } else {
      // Classes of Unicode become a few instructions, whatever they hold.
      last = group === undefined ? 2 : 4
      size += last
    }
  }
  return open.reduce((sum, outer) => sum + outer, size)
}

const TOKEN = /\\[pP](?:\{[^}]*\}|.)|\\.|(\[\^?\]?(?:\\.|[^\]\\])*\])|\{(\d{1,4})(?:,(\d{0,4}))?\}|[\s\S]/g

function reason(pattern: string, error: unknown): string {
  if (/\(\?<?[=!]/.test(pattern))
    return 'lookahead and lookbehind are not supported (patterns use RE2 syntax, matched in linear time)'
  if (/\\[1-9]|\\k</.test(pattern))
    return 'backreferences are not supported (patterns use RE2 syntax, matched in linear time)'
  if (/\\u/.test(pattern)) return "'\\u' is not supported: write \\x{0041} or the character itself"
  return error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : String(error)
}
