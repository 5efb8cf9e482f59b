import { withWorkBudget } from '@koyalite/contracts'
import type { Collection, Field } from '@koyalite/schema'
import { childrenOf, type Expression, type ExpressionOf, type Row } from '../cel/check/expression'
import type { CelFacts, Frame } from '../cel/memory/cel-environment'
import { compileRun, type Run } from '../cel/memory/run-expression'

/** A value that a document has in a field of its own, in its JSON form. */
export interface LiveTerm {
  readonly field: Field
  readonly value: string | number | boolean | null
}

/** For an actor: one of these a document must have for a condition to be anything but false; null where that is not known. */
export type TermsFor = (facts: CelFacts) => readonly LiveTerm[] | null

/** The field values that a condition requires of one of its rows, which `isRow` identifies. Null if it requires none. */
export function compileTerms(condition: Expression, isRow: (row: Row) => boolean): TermsFor | null {
  const terms = compile(condition, isRow)
  return terms && ((facts) => withWorkBudget(() => terms(frameOf(facts))))
}

/** What the documents of a collection must have, of those that a macro of a rule looks through; null where all of them matter. */
export function termsOfRows(macro: ExpressionOf<'rowMacro' | 'rowCount' | 'rowMap'>): TermsFor | null {
  const [first] = macro.rows.filters
  // What the first filter leaves out is ignored by anything after it.
  if (first) return compileTerms(first.predicate, isElement(first.variable))
  // A document for which the predicate is false says nothing; for `all` it says everything.
  if (macro.kind !== 'rowMacro' || macro.macro === 'all') return null
  return compileTerms(macro.predicate, isElement(macro.variable))
}

/** More values than these are not worth an entry each. */
export const MAX_TERMS = 50

type Terms = (frame: Frame) => readonly LiveTerm[] | null

const NONE: readonly LiveTerm[] = []

function compile(condition: Expression, isRow: (row: Row) => boolean): Terms | null {
  if (isStatic(condition)) {
    const run = compileRun(condition)
    return (frame) => (run(frame) === false ? NONE : null)
  }
  switch (condition.kind) {
    case 'logic': {
      const operands = condition.operands.map((operand) => compile(operand, isRow))
      return condition.operator === '&&' ? anyOf(operands) : allOf(operands)
    }
    case 'equals':
      if (condition.negated) return null
      return equalsTerm(condition.left, condition.right, isRow) ?? equalsTerm(condition.right, condition.left, isRow)
    case 'field': {
      const { row, field } = condition
      if (!isRow(row) || !isComparable(row.collection, field) || field.type !== 'bool' || field.nullable) return null
      return () => [{ field, value: true }]
    }
    default:
      return null
  }
}

/** `a && b` is false where either is, whatever becomes of the other: the shortest demand will do. */
function anyOf(operands: readonly (Terms | null)[]): Terms | null {
  const known = operands.filter((operand) => operand !== null)
  if (known.length === 0) return null
  return (frame) => {
    let best: readonly LiveTerm[] | null = null
    for (const operand of known) {
      const terms = operand(frame)
      if (terms !== null && (best === null || terms.length < best.length)) best = terms
    }
    return best
  }
}

/** `a || b` is false where both are. */
function allOf(operands: readonly (Terms | null)[]): Terms | null {
  const known = operands.filter((operand) => operand !== null)
  if (known.length < operands.length) return null
  return (frame) => {
    const all: LiveTerm[] = []
    for (const operand of known) {
      const terms = operand(frame)
      if (terms === null || all.length + terms.length > MAX_TERMS) return null
      all.push(...terms)
    }
    return all
  }
}

function equalsTerm(left: Expression, right: Expression, isRow: (row: Row) => boolean): Terms | null {
  if (left.kind !== 'field' || !isRow(left.row) || !isComparable(left.row.collection, left.field)) return null
  if (!isStatic(right)) return null
  const { field } = left
  const run: Run = compileRun(right)
  return (frame) => {
    const value = run(frame)
    const fits = field.type === 'bool' ? typeof value === 'boolean' : typeof value === 'string'
    return value === null || fits ? [{ field, value: value as LiveTerm['value'] }] : null
  }
}

/** Whether the values of a field are equal where their JSON is. In another program's table SQLite alone knows. */
function isComparable({ untyped }: Collection, { type }: Field): boolean {
  return !untyped && (type === 'uuid' || type === 'string' || type === 'text' || type === 'bool')
}

/** Whether it is the same for all documents, at any time. */
function isStatic(expression: Expression): boolean {
  switch (expression.kind) {
    case 'field':
    case 'present':
    case 'variable':
    case 'input':
    case 'request':
    case 'rowMacro':
    case 'rowCount':
    case 'rowMap':
      return false
    default:
      return childrenOf(expression).every(isStatic)
  }
}

function isElement(variable: number): (row: Row) => boolean {
  return (row) => row.kind === 'element' && row.variable === variable
}

function frameOf(facts: CelFacts): Frame {
  return { environment: { ...facts, documents: {}, follow: () => null, rows: () => [] }, slots: [] }
}
