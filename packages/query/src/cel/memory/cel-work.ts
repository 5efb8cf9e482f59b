import { spendWork } from '@koyalite/contracts'
import { FAILED, type Failed } from './cel-value'

/** Longest text, longest list, most bytes that an expression makes: what is longer fails. A few of them in each other would fill the memory. */
export const MAX_LENGTH = 1_000_000

/** Units of work for a character (an element, a byte), by what is done with it: measured, rounded up. */
export const PER_UNIT = {
  /** The engine compares or copies blocks. */
  copied: 1 / 16,
  /** One look at each. */
  scanned: 1 / 2,
  /** A value, or a code point, of its own for each. */
  split: 4,
  /** A call for each. */
  called: 10,
} as const

/** To be called before characters are looked at or made. */
export function spendOn(length: number, how: keyof typeof PER_UNIT): void {
  spendWork(length * PER_UNIT[how])
}

/** Says whether something of this length may be made, and spends the work of making it. */
export function canAllocate(length: number, how: keyof typeof PER_UNIT): boolean {
  if (length > MAX_LENGTH) return false
  spendOn(length, how)
  return true
}

/** Texts put together, unless they are too long. */
export function joinTexts(texts: readonly string[], separator: string): string | Failed {
  const length = texts.reduce((sum, text) => sum + text.length, separator.length * Math.max(0, texts.length - 1))
  if (!canAllocate(length, 'copied')) return FAILED
  spendOn(texts.length, 'scanned')
  return texts.join(separator)
}
