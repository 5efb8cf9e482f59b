import { isGranted } from '@koyalite/access'
import { type Expression, operandComparedWithNull, type Visitor, visit } from '../check/expression'
import { FUNCTIONS } from '../functions/function-table'
import type { AuthFacts, Frame, RequestFacts } from './cel-environment'
import { CelMap, CelTimestamp, type CelValue, FAILED, mapKeyId, type Result } from './cel-value'
import { identityJson, identityText, NOBODY } from './nobody'
import { elementOf, isMember, keyOf } from './run-container'
import { compileListMacro, compileRowCount, compileRowMacro, compileRowMap } from './run-macro'
import { compileArithmetic, compileEquals, compileIsNull, compileNegate, compileOrder } from './run-operator'
import { compileField, compileRow } from './run-row'

/** A compiled expression, or a part of one. */
export type Run = (frame: Frame) => Result

/** Compiles an expression to a function that evaluates it in memory. */
export function compileRun(expression: Expression): Run {
  return visit(RUNNERS, expression, undefined)
}

const RUNNERS: Visitor<undefined, Run> = {
  const:
    ({ value }) =>
    () =>
      value,
  auth: ({ part }) => AUTH_READERS[part],
  can: ({ permission, granted }) =>
    compileTwo(permission, granted, (name, permissions) =>
      // The checker makes the list of texts.
      typeof name === 'string' ? isGranted(name, permissions as readonly string[]) : FAILED,
    ),
  request: ({ part }) => REQUEST_READERS[part],
  field: ({ row, field }) => compileField(row, field),
  present: ({ row }) => {
    const find = compileRow(row)
    return (frame) => {
      const found = find(frame)
      return found === FAILED ? FAILED : found !== null && found !== 'unreadable'
    }
  },
  // Slots of variables that are not rows are filled with values only.
  variable:
    ({ variable }) =>
    (frame) =>
      frame.slots[variable] as CelValue,
  input:
    ({ input }) =>
    (frame) =>
      frame.slots[input] as Result,
  key: ({ base, key }) => {
    const run = compileRun(base)
    return (frame) => {
      const found = keyOf(run(frame), key)
      return found === undefined ? FAILED : found
    }
  },
  hasKey: ({ base, key }) => {
    const run = compileRun(base)
    return (frame) => {
      const found = keyOf(run(frame), key)
      return found === FAILED ? FAILED : found !== undefined
    }
  },
  index: ({ base, index }) => compileTwo(base, index, elementOf),
  not: ({ operand }) => {
    const run = compileRun(operand)
    return (frame) => {
      const value = run(frame)
      return typeof value === 'boolean' ? !value : FAILED
    }
  },
  negate: ({ operand }) => compileNegate(compileRun(operand)),
  logic: ({ operator, operands }) => compileLogic(operands.map(compileRun), operator === '||'),
  conditional: ({ condition, whenTrue, whenFalse }) => {
    const [test, runTrue, runFalse] = [compileRun(condition), compileRun(whenTrue), compileRun(whenFalse)]
    return (frame) => {
      const value = test(frame)
      return value === true ? runTrue(frame) : value === false ? runFalse(frame) : FAILED
    }
  },
  equals: (expression) => {
    const asked = operandComparedWithNull(expression)
    if (asked !== null) return compileIsNull(compileRun(asked), expression.negated)
    return compileEquals(compileRun(expression.left), compileRun(expression.right), expression.negated)
  },
  order: ({ operator, left, right }) => compileOrder(operator, compileRun(left), compileRun(right)),
  arithmetic: ({ operator, left, right }) => compileArithmetic(operator, compileRun(left), compileRun(right)),
  member: ({ item, container }) => compileTwo(item, container, isMember),
  call: ({ name, args }) => {
    const { evaluate } = FUNCTIONS[name]
    const runs = args.map(compileRun)
    return (frame) => {
      const values = runAll(runs, frame)
      // A function of nobody fails; `dyn` only hides a type.
      if (values === FAILED || (name !== 'dyn' && values.includes(NOBODY))) return FAILED
      return evaluate(values)
    }
  },
  list: ({ items }) => {
    const runs = items.map(compileRun)
    return (frame) => runAll(runs, frame)
  },
  map: ({ entries }) => compileMap(entries.map(([key, value]) => [compileRun(key), compileRun(value)])),
  macro: (expression) => compileListMacro(expression, compileRun),
  rowMacro: (expression) => compileRowMacro(expression, compileRun),
  rowCount: (expression) => compileRowCount(expression, compileRun),
  rowMap: (expression) => compileRowMap(expression, compileRun),
}

const AUTH_READERS: { readonly [P in keyof AuthFacts]: Run } = {
  id: (frame) => identityText(frame.environment.auth.id),
  email: (frame) => identityText(frame.environment.auth.email),
  role: (frame) => identityText(frame.environment.auth.role),
  verified: (frame) => frame.environment.auth.verified,
  metadata: (frame) => identityJson(frame.environment.auth.metadata),
  claims: (frame) => identityJson(frame.environment.auth.claims),
  permissions: (frame) => frame.environment.auth.permissions,
}

const REQUEST_READERS: { readonly [P in keyof RequestFacts]: Run } = {
  method: (frame) => frame.environment.request.method,
  ip: (frame) => frame.environment.request.ip,
  time: (frame) => {
    frame.time ??= new CelTimestamp(BigInt(Math.trunc(frame.environment.request.time)) * 1_000_000n)
    return frame.time
  },
  body: (frame) => frame.environment.request.body,
  headers: (frame) => frame.environment.request.headers,
}

function compileTwo(left: Expression, right: Expression, apply: (a: CelValue, b: CelValue) => Result): Run {
  const [runLeft, runRight] = [compileRun(left), compileRun(right)]
  return (frame) => {
    const a = runLeft(frame)
    if (a === FAILED) return FAILED
    const b = runRight(frame)
    return b === FAILED ? FAILED : apply(a, b)
  }
}

/** `&&` is false if any operand is, `||` true; only otherwise a failure counts. The order does not matter. */
function compileLogic(runs: readonly Run[], decisive: boolean): Run {
  return (frame) => {
    let failed = false
    for (const run of runs) {
      const value = run(frame)
      if (value === decisive) return decisive
      if (value !== !decisive) failed = true
    }
    return failed ? FAILED : !decisive
  }
}

function runAll(runs: readonly Run[], frame: Frame): CelValue[] | typeof FAILED {
  const values: CelValue[] = []
  for (const run of runs) {
    const value = run(frame)
    if (value === FAILED) return FAILED
    values.push(value)
  }
  return values
}

function compileMap(entries: readonly (readonly [Run, Run])[]): Run {
  return (frame) => {
    const result = new Map<string, readonly [CelValue, CelValue]>()
    for (const [runKey, runValue] of entries) {
      const key = runKey(frame)
      const value = runValue(frame)
      if (key === FAILED || value === FAILED) return FAILED
      // A double can be looked up in a map, but cannot be a key of one.
      const id = typeof key === 'number' ? undefined : mapKeyId(key)
      if (id === undefined || result.has(id)) return FAILED
      result.set(id, [key, value])
    }
    return new CelMap(result)
  }
}
