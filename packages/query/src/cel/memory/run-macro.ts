import { spendWork } from '@koyalite/contracts'
import { countNodes, type Expression, type ExpressionOf, type RowMacro, type Rows } from '../check/expression'
import type { CelDocument, Frame } from './cel-environment'
import { CelMap, type CelValue, FAILED, isList, kindOf, mapGet, mapKeyId, mapKeys, type Result } from './cel-value'
import type { Run } from './run-expression'

type Compile = (expression: Expression) => Run

const yes: Run = () => true

/** An element costs what is around it, and one evaluation of each node inside: nested macros multiply. */
const ELEMENT_WORK = 6

export function compileListMacro(expression: ExpressionOf<'macro'>, compile: Compile): Run {
  const { macro, variables } = expression
  const container = compile(expression.container)
  const predicate = expression.predicate === null ? yes : compile(expression.predicate)
  const transform = expression.transform === null ? null : compile(expression.transform)
  const work = workOf([expression.predicate, expression.transform])
  return (frame) => {
    const found = container(frame)
    const elements = variables.length === 1 ? elementsOf(found) : entriesOf(found)
    if (elements === FAILED) return FAILED
    const [variable = 0, second] = variables
    const over = { elements, predicate, transform, variable, second, work }
    switch (macro) {
      case 'map':
      case 'filter':
        return collect(over, frame)
      case 'transformMap':
        return collectMap(over, frame)
      default:
        return quantify(macro, over, frame)
    }
  }
}

function workOf(bodies: readonly (Expression | null)[]): number {
  return bodies.reduce((sum, body) => sum + (body === null ? 0 : countNodes(body)), ELEMENT_WORK)
}

/** The elements of a list, the keys of a map. */
function elementsOf(container: Result): readonly CelValue[] | typeof FAILED {
  if (container === FAILED) return FAILED
  if (isList(container)) return container
  return kindOf(container) === 'map' ? mapKeys(container) : FAILED
}

/** A value with its position in a list or its key in a map, for the macros of two variables. */
class Entry {
  readonly key: CelValue
  readonly value: CelValue
  constructor(key: CelValue, value: CelValue) {
    this.key = key
    this.value = value
  }
}

function entriesOf(container: Result): readonly Entry[] | typeof FAILED {
  if (container === FAILED) return FAILED
  if (isList(container)) {
    spendWork(ELEMENT_WORK * container.length)
    return container.map((value, index) => new Entry(BigInt(index), value))
  }
  if (kindOf(container) !== 'map') return FAILED
  return mapKeys(container).map((key) => new Entry(key, mapGet(container, key) ?? null))
}

interface Quantified {
  readonly elements: Iterable<CelValue | CelDocument | Entry>
  readonly predicate: Run
  readonly variable: number
  /** Of entries, the variable of their value. */
  readonly second?: number | undefined
  /** What one element costs. */
  readonly work: number
}

/** Sets the variables of a macro to their values for one element. */
function bind({ variable, second, work }: Quantified, element: CelValue | CelDocument | Entry, frame: Frame): void {
  spendWork(work)
  frame.slots[variable] = element instanceof Entry ? element.key : element
  if (second !== undefined && element instanceof Entry) frame.slots[second] = element.value
}

/** `exists` is a chain of ||, `all` one of &&; `exists_one` fails as soon as anything in it does. */
function quantify(macro: RowMacro, over: Quantified, frame: Frame): Result {
  const { elements, predicate } = over
  let failed = false
  let count = 0
  for (const element of elements) {
    bind(over, element, frame)
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

function collect(over: Collected, frame: Frame): Result {
  const { elements, predicate, transform } = over
  const collected: CelValue[] = []
  for (const element of elements) {
    bind(over, element, frame)
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

/** The same keys with other values. */
function collectMap(over: Collected, frame: Frame): Result {
  const collected = new Map<string, readonly [CelValue, CelValue]>()
  for (const element of over.elements) {
    if (!(element instanceof Entry)) return FAILED
    bind(over, element, frame)
    const holds = over.predicate(frame)
    if (typeof holds !== 'boolean') return FAILED
    if (!holds) continue
    const value = over.transform?.(frame) ?? FAILED
    const id = mapKeyId(element.key)
    if (value === FAILED || id === undefined) return FAILED
    collected.set(id, [element.key, value])
  }
  return new CelMap(collected)
}

export function compileRowMacro(expression: ExpressionOf<'rowMacro'>, compile: Compile): Run {
  const find = compileRows(expression.rows, compile)
  const predicate = compile(expression.predicate)
  const work = workOf([expression.predicate])
  return (frame) => {
    const elements = find(frame)
    if (elements === FAILED) return FAILED
    return quantify(expression.macro, { elements, predicate, variable: expression.variable, work }, frame)
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
  const work = workOf([expression.transform])
  return (frame) => {
    const elements = find(frame)
    if (elements === FAILED) return FAILED
    return collect({ elements, predicate: yes, transform, variable: expression.variable, work }, frame)
  }
}

/** The documents that pass every filter; failed where a filter fails for one. */
function compileRows(rows: Rows, compile: Compile): (frame: Frame) => readonly CelDocument[] | typeof FAILED {
  const filters = rows.filters.map(({ variable, predicate }) => ({
    variable,
    run: compile(predicate),
    work: workOf([predicate]),
  }))
  return (frame) => {
    let documents = [...frame.environment.rows(rows.collection)]
    for (const { variable, run, work } of filters) {
      const kept: CelDocument[] = []
      for (const document of documents) {
        spendWork(work)
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
