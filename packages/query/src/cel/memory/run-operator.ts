import type { ArithmeticOperator, OrderOperator } from '../check/expression'
import { addDays, daysBetween, durationOf, timestampOf } from '../functions/cel-time'
import {
  CelDate,
  CelDuration,
  CelTimestamp,
  CelUint,
  type CelValue,
  compareValues,
  equalValues,
  FAILED,
  isList,
  MAX_INT,
  MAX_UINT,
  MIN_INT,
  type Result,
} from './cel-value'
import { canAllocate } from './cel-work'
import { isNullOrNobody, unlessNobody } from './nobody'
import type { Run } from './run-expression'

export function compileEquals(left: Run, right: Run, negated: boolean): Run {
  return (frame) => {
    const a = left(frame)
    if (a === FAILED) return FAILED
    const b = right(frame)
    if (b === FAILED) return FAILED
    const equal = unlessNobody(a, b, equalValues)
    return equal === FAILED ? FAILED : equal !== negated
  }
}

/** `a == null`, with the literal: the one comparison that nobody may be in. */
export function compileIsNull(operand: Run, negated: boolean): Run {
  return (frame) => {
    const value = operand(frame)
    return value === FAILED ? FAILED : isNullOrNobody(value) !== negated
  }
}

const HOLDS: Readonly<Record<OrderOperator, (order: number) => boolean>> = {
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
}

export function compileOrder(operator: OrderOperator, left: Run, right: Run): Run {
  const holds = HOLDS[operator]
  return (frame) => {
    const a = left(frame)
    if (a === FAILED) return FAILED
    const b = right(frame)
    if (b === FAILED) return FAILED
    const order = compareValues(a, b)
    return order === undefined ? FAILED : holds(order)
  }
}

export function compileNegate(operand: Run): Run {
  return (frame) => {
    const value = operand(frame)
    if (typeof value === 'number') return -value
    return typeof value === 'bigint' ? intOf(-value) : FAILED
  }
}

export function compileArithmetic(operator: ArithmeticOperator, left: Run, right: Run): Run {
  const apply = ARITHMETIC[operator]
  return (frame) => {
    const a = left(frame)
    if (a === FAILED) return FAILED
    const b = right(frame)
    return b === FAILED ? FAILED : apply(a, b)
  }
}

const ARITHMETIC: Readonly<Record<ArithmeticOperator, (a: CelValue, b: CelValue) => Result>> = {
  '+': add,
  '-': subtract,
  '*': numeric(
    (a, b) => a * b,
    (a, b) => a * b,
  ),
  '/': numeric(
    (a, b) => (b === 0n ? FAILED : a / b),
    (a, b) => a / b,
  ),
  '%': numeric(
    // The quotient of the smallest int and -1 is not an int, so there is no remainder either.
    (a, b) => (b === 0n || (a === MIN_INT && b === -1n) ? FAILED : a % b),
    () => FAILED,
  ),
}

const addNumbers = numeric(
  (a, b) => a + b,
  (a, b) => a + b,
)

function add(a: CelValue, b: CelValue): Result {
  if (typeof a === 'string' && typeof b === 'string') return canAllocate(a.length + b.length, 'copied') ? a + b : FAILED
  if (isList(a) && isList(b)) return canAllocate(a.length + b.length, 'scanned') ? [...a, ...b] : FAILED
  if (a instanceof Uint8Array && b instanceof Uint8Array) return joinBytes(a, b)
  if (a instanceof CelTimestamp && b instanceof CelDuration) return timestampOf(a.nanos + b.nanos)
  if (a instanceof CelDuration && b instanceof CelTimestamp) return timestampOf(a.nanos + b.nanos)
  if (a instanceof CelDuration && b instanceof CelDuration) return durationOf(a.nanos + b.nanos)
  if (a instanceof CelDate && typeof b === 'bigint') return addDays(a, b)
  if (typeof a === 'bigint' && b instanceof CelDate) return addDays(b, a)
  return addNumbers(a, b)
}

const subtractNumbers = numeric(
  (a, b) => a - b,
  (a, b) => a - b,
)

function subtract(a: CelValue, b: CelValue): Result {
  if (a instanceof CelTimestamp && b instanceof CelTimestamp) return durationOf(a.nanos - b.nanos)
  if (a instanceof CelTimestamp && b instanceof CelDuration) return timestampOf(a.nanos - b.nanos)
  if (a instanceof CelDuration && b instanceof CelDuration) return durationOf(a.nanos - b.nanos)
  if (a instanceof CelDate && typeof b === 'bigint') return addDays(a, -b)
  if (a instanceof CelDate && b instanceof CelDate) return daysBetween(b, a)
  return subtractNumbers(a, b)
}

/** An operator over two ints, two uints or two doubles; kinds are never mixed, and what does not fit fails. */
function numeric(
  whole: (a: bigint, b: bigint) => bigint | typeof FAILED,
  real: (a: number, b: number) => number | typeof FAILED,
): (a: CelValue, b: CelValue) => Result {
  return (a, b) => {
    if (typeof a === 'bigint' && typeof b === 'bigint') return intOf(whole(a, b))
    if (typeof a === 'number' && typeof b === 'number') return real(a, b)
    if (!(a instanceof CelUint && b instanceof CelUint)) return FAILED
    const result = whole(a.value, b.value)
    return result === FAILED || result < 0n || result > MAX_UINT ? FAILED : new CelUint(result)
  }
}

function intOf(value: bigint | typeof FAILED): Result {
  return value === FAILED || value < MIN_INT || value > MAX_INT ? FAILED : value
}

function joinBytes(a: Uint8Array, b: Uint8Array): Result {
  if (!canAllocate(a.length + b.length, 'copied')) return FAILED
  const joined = new Uint8Array(a.length + b.length)
  joined.set(a)
  joined.set(b, a.length)
  return joined
}
