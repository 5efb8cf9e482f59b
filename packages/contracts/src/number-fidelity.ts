/**
 * What becomes of a number that is written as decimals when a JavaScript number holds it.
 * `exact`: the same value is written again. `nearest`: it is the value of such a number, written with more digits than are written again, as SQLite and C
 * print them (0.10000000000000001 is 0.1). `inexact`: it would become another number, or none.
 */
export type NumberFidelity = 'exact' | 'nearest' | 'inexact'

/** @param token a number as JSON has it; a plus sign, leading zeros and a bare point, which other formats have, may be in it too */
export function numberFidelity(token: string): NumberFidelity {
  const value = Number(token)
  if (!Number.isFinite(value)) return 'inexact'
  if (value === 0) return /^[^eE]*[1-9]/.test(token) ? 'inexact' : 'exact'
  // 15 digits always come back, except for numbers so small that they have fewer.
  if (token.length <= 15 && Math.abs(value) > 1e-290) return 'exact'
  const own = String(value)
  if (own === token) return 'exact'
  if (isPlain(token) && isPlain(own) && value.toPrecision(token.length - 1) === token) return 'nearest'
  const written = decimalOf(token)
  if (written === null) return 'inexact'
  const length = written.digits.length
  const shortest = decimalOf(own)
  if (sameDecimal(written, shortest)) return 'exact'
  if (length <= 17 && (shortest?.digits.length ?? 0) >= 14) return isPrinted(written, value) ? 'nearest' : 'inexact'
  // toPrecision takes 1 to 100 digits; no number's own decimals that anybody prints are longer.
  if (length === 0 || length > 100) return 'inexact'
  return sameDecimal(written, decimalOf(value.toPrecision(length))) ? 'nearest' : 'inexact'
}

/** SQLite's 17th digit of a number that needs nearly as many is not always the right one: 1/3 is 0.33333333333333332 there. */
function isPrinted(written: Decimal, value: number): boolean {
  const own = decimalOf(value.toPrecision(17))
  if (own === null || own.sign !== written.sign) return false
  const [a, b] = [own, written].map(({ digits }) => BigInt(digits.padEnd(17, '0'))) as [bigint, bigint]
  const isAligned = own.exponent + own.digits.length === written.exponent + written.digits.length
  return isAligned && a - b <= 2n && b - a <= 2n
}

/** Digits with a point among them, and none that could be left out. */
function isPlain(token: string): boolean {
  return /^[1-9]\d*\.\d*[1-9]$/.test(token) && token.length <= 101
}

/** Two decimals of the same value have the same text. */
export function decimalText(token: string): string {
  const decimal = decimalOf(token)
  return decimal === null ? token : `${decimal.digits === '' ? '' : decimal.sign}${decimal.digits}e${decimal.exponent}`
}

interface Decimal {
  readonly sign: string
  /** Without zeros at either end; empty for zero. */
  readonly digits: string
  /** Of ten, by which the digits, as a whole number, are multiplied. */
  readonly exponent: number
}

function decimalOf(token: string): Decimal | null {
  const [, sign = '', whole = '', fraction = '', power = '0'] =
    /^[+]?(-?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(token) ?? []
  const all = whole + fraction
  if (all === '') return null
  let start = 0
  while (all.charCodeAt(start) === ZERO) start++
  let end = all.length
  while (end > start && all.charCodeAt(end - 1) === ZERO) end--
  const exponent = Number(power) - fraction.length + (all.length - end)
  return start === end ? { sign: '', digits: '', exponent: 0 } : { sign, digits: all.slice(start, end), exponent }
}

const ZERO = 0x30

function sameDecimal(a: Decimal, b: Decimal | null): boolean {
  return b !== null && a.digits === b.digits && a.exponent === b.exponent && a.sign === b.sign
}
