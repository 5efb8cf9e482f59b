import { spendWork } from '@koyalite/contracts'

/** Steps that are paid for together, and what one costs. */
const STEPS = 4096
const STEP_WORK = 1 / 2

/**
 * SQL's LIKE as SQLite has it: `%` is any text, `_` one character, the case of ASCII letters is ignored, everything else is itself.
 * Takes time proportional to pattern × text at most.
 */
export function likePattern(pattern: string): (text: string) => boolean {
  const wanted = [...lowerAscii(pattern)]
  return (text) => matches(wanted, [...lowerAscii(text)])
}

function matches(pattern: readonly string[], text: readonly string[]): boolean {
  let at = 0
  let position = 0
  // Where to continue after a mismatch: the last `%` takes one character more.
  let afterPercent = -1
  let resume = 0
  let steps = 0
  while (position < text.length) {
    if (++steps % STEPS === 0) spendWork(STEPS * STEP_WORK)
    const wanted = pattern[at]
    if (wanted === '%') {
      afterPercent = ++at
      resume = position
    } else if (wanted === '_' || wanted === text[position]) {
      at++
      position++
    } else if (afterPercent !== -1) {
      at = afterPercent
      position = ++resume
    } else {
      return false
    }
  }
  while (pattern[at] === '%') at++
  return at === pattern.length
}

function lowerAscii(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}
