import { fail, type Value } from './reference-value'

/** `+ - * / %` of the reference evaluator. */
export function arithmetic(operator: string, a: Value, b: Value): Value {
  if (a.t === 'int' && b.t === 'int') return intArithmetic(operator, a.v, b.v)
  if (a.t === 'double' && b.t === 'double') return doubleArithmetic(operator, a.v, b.v)
  if (operator === '-' && a.t === 'date' && b.t === 'date') return int(BigInt(dayNumber(a.v) - dayNumber(b.v)))
  if (operator === '-' && a.t === 'date' && b.t === 'int') return dayOf(dayNumber(a.v) - Number(b.v))
  if (operator === '+' && a.t === 'date' && b.t === 'int') return dayOf(dayNumber(a.v) + Number(b.v))
  if (operator === '+' && a.t === 'int' && b.t === 'date') return dayOf(dayNumber(b.v) + Number(a.v))
  if (operator === '+') {
    if (a.t === 'string' && b.t === 'string') return { t: 'string', v: a.v + b.v }
    if (a.t === 'list' && b.t === 'list') return { t: 'list', v: [...a.v, ...b.v] }
    if (a.t === 'timestamp' && b.t === 'duration') return timestamp(a.v + b.v)
    if (a.t === 'duration' && b.t === 'timestamp') return timestamp(a.v + b.v)
    if (a.t === 'duration' && b.t === 'duration') return duration(a.v + b.v)
  }
  if (operator === '-') {
    if (a.t === 'timestamp' && b.t === 'timestamp') return duration(a.v - b.v)
    if (a.t === 'timestamp' && b.t === 'duration') return timestamp(a.v - b.v)
    if (a.t === 'duration' && b.t === 'duration') return duration(a.v - b.v)
  }
  return fail()
}

function intArithmetic(operator: string, a: bigint, b: bigint): Value {
  if (operator === '+') return int(a + b)
  if (operator === '-') return int(a - b)
  if (operator === '*') return int(a * b)
  if (b === 0n) return fail()
  const quotient = int(a / b)
  return operator === '/' ? quotient : int(a % b)
}

function doubleArithmetic(operator: string, a: number, b: number): Value {
  if (operator === '+') return { t: 'double', v: a + b }
  if (operator === '-') return { t: 'double', v: a - b }
  if (operator === '*') return { t: 'double', v: a * b }
  return operator === '/' ? { t: 'double', v: a / b } : fail()
}

export function timestamp(v: bigint): Value {
  const [first, last] = [Date.parse('0001-01-01T00:00:00Z'), Date.parse('9999-12-31T23:59:59.999Z')]
  return v < BigInt(first) * 1_000_000n || v >= BigInt(last + 1) * 1_000_000n ? fail() : { t: 'timestamp', v }
}

export function duration(v: bigint): Value {
  return BigInt.asIntN(64, v) === v ? { t: 'duration', v } : fail()
}

/** Days since 1970-01-01. */
export function dayNumber(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / 86_400_000
}

export function dayOf(number: number): Value {
  if (number < dayNumber('0001-01-01') || number > dayNumber('9999-12-31')) return fail()
  return { t: 'date', v: new Date(number * 86_400_000).toISOString().slice(0, 10) }
}

/** An int, if 64 bits hold it. */
export function int(v: bigint): Value {
  return BigInt.asIntN(64, v) === v ? { t: 'int', v } : fail()
}
