import type { CelDocument, Frame } from './cel-environment'
import { type CelValue, FAILED, isList, kindOf, mapKeys, type Result } from './cel-value'
import type { Expression, ExpressionOf, RowMacro, Rows } from './expression'
import type { Run } from './run-expression'

type Compile = (expression: Expression) => Run

const yes: Run = () => true

/** Most elements of lists that macros look at in one evaluation: nested ones multiply, and nothing else stops them. */
export const MAX_STEPS = 100_000

export function compileListMacro(expression: ExpressionOf<'macro'>, compile: Compile): Run {
  const { macro, variable } = expression
  const container = compile(expression.container)
  const predicate = expression.predicate === null ? yes : compile(expression.predicate)
  const transform = expression.transform === null ? null : compile(expression.transform)
  return (frame) => {
    const elements = elementsOf(container(frame))
    if (elements === FAILED) return FAILED
    frame.steps = (frame.steps ?? 0) + elements.length
    if (frame.steps > MAX_STEPS) return FAILED
    if (macro === 'map' || macro === 'filter') return collect({ elements, predicate, transform, variable }, frame)
    return quantify(macro, { elements, predicate, variable }, frame)
  }
}

/** The elements of a list, the keys of a map. */
function elementsOf(container: Result): readonly CelValue[] | typeof FAILED {
  if (container === FAILED) return FAILED
  if (isList(container)) return container
  return kindOf(container) === 'map' ? mapKeys(container) : FAILED
}

interface Quantified {
  readonly elements: Iterable<CelValue | CelDocument>
  readonly predicate: Run
  readonly variable: number
}

/** `exists` is a chain of ||, `all` one of &&; `exists_one` fails as soon as anything in it does. */
function quantify(macro: RowMacro, { elements, predicate, variable }: Quantified, frame: Frame): Result {
  let failed = false
  let count = 0
  for (const element of elements) {
    frame.slots[variable] = element
    const holds = predicate(frame)
    if (holds === true) {
      if (macro === 'exists') return true
      count++
    } else if (holds === false) {
      if (macro === 'all') return false
    } else failed = true
  }
  if (failed) return FAILED
  return macro === 'exists_one' ? count === 1 : macro === 'all'
}

interface Collected extends Quantified {
  /** The elements themselves without one. */
  readonly transform: Run | null
}

function collect({ elements, predicate, transform, variable }: Collected, frame: Frame): Result {
  const collected: CelValue[] = []
  for (const element of elements) {
    frame.slots[variable] = element
    const holds = predicate(frame)
    if (typeof holds !== 'boolean') return FAILED
    if (!holds) continue
    // Without a transformation the elements are those of a list, which are values.
    const value = transform === null ? (element as CelValue) : transform(frame)
    if (value === FAILED) return FAILED
    collected.push(value)
  }
  return collected
}

export function compileRowMacro(expression: ExpressionOf<'rowMacro'>, compile: Compile): Run {
  const find = compileRows(expression.rows, compile)
  const predicate = compile(expression.predicate)
  return (frame) => {
    const elements = find(frame)
    if (elements === FAILED) return FAILED
    return quantify(expression.macro, { elements, predicate, variable: expression.variable }, frame)
  }
}

export function compileRowCount(expression: ExpressionOf<'rowCount'>, compile: Compile): Run {
  const find = compileRows(expression.rows, compile)
  return (frame) => {
    const elements = find(frame)
    return elements === FAILED ? FAILED : BigInt(elements.length)
  }
}

export function compileRowMap(expression: ExpressionOf<'rowMap'>, compile: Compile): Run {
  const find = compileRows(expression.rows, compile)
  const transform = compile(expression.transform)
  return (frame) => {
    const elements = find(frame)
    if (elements === FAILED) return FAILED
    return collect({ elements, predicate: yes, transform, variable: expression.variable }, frame)
  }
}

/** The documents that pass every filter; failed where a filter fails for one. */
function compileRows(rows: Rows, compile: Compile): (frame: Frame) => readonly CelDocument[] | typeof FAILED {
  const filters = rows.filters.map(({ variable, predicate }) => ({ variable, run: compile(predicate) }))
  return (frame) => {
    let documents = [...frame.environment.rows(rows.collection)]
    for (const { variable, run } of filters) {
      const kept: CelDocument[] = []
      for (const document of documents) {
        frame.slots[variable] = document
        const holds = run(frame)
        if (typeof holds !== 'boolean') return FAILED
        if (holds) kept.push(document)
      }
      documents = kept
    }
    return documents
  }
}
