import type { CheckedCel } from '../cel/check/check-cel'
import { childrenOf, type Expression, operandComparedWithNull } from '../cel/check/expression'
import { compileStaticDecision } from '../cel/check/static-decision'
import { FUNCTIONS } from '../cel/functions/function-table'
import { ANONYMOUS_FACTS } from '../cel/memory/cel-environment'
import { FAILED } from '../cel/memory/cel-value'
import { type Range, textAt } from '../cel/syntax/parse-cel'

/** What is valid in a rule, but probably a mistake. */
export interface RuleWarning {
  readonly message: string
  readonly range: Range
}

/** What to say about a rule when it is loaded. */
export function warningsOf(checked: CheckedCel): readonly RuleWarning[] {
  return [...metadataWarnings(checked.root), ...emptinessWarnings(checked), ...literalWarnings(checked)]
}

/** Literals such as date('2026-02-30') that have no value: comparing with one always fails. */
function literalWarnings({ root, source }: CheckedCel): readonly RuleWarning[] {
  return findAll(root, isFailingLiteral).map(({ range }) => ({
    message: `${textAt(range, source)} is always an error: there is no such value`,
    range,
  }))
}

const LITERALS: ReadonlySet<string> = new Set(['date', 'timestamp', 'duration'])

function isFailingLiteral(expression: Expression): boolean {
  if (expression.kind !== 'call' || !LITERALS.has(expression.name)) return false
  const [argument] = expression.args
  return argument?.kind === 'const' && FUNCTIONS[expression.name].evaluate([argument.value]) === FAILED
}

/** Users write their metadata: what it grants, they grant themselves. */
function metadataWarnings(root: Expression): readonly RuleWarning[] {
  const found = find(root, (expression) => expression.kind === 'auth' && expression.part === 'metadata')
  if (found === null) return []
  const message = 'users can write auth.metadata themselves, so it must not grant access: use auth.claims'
  return [{ message, range: found.range }]
}

/** `either`: what is true and what is false of it may open. */
type Polarity = 'positive' | 'negative' | 'either'

/**
 * Over no rows nothing is compared: a negated macro, or an `all`, that compares an identity is true for an anonymous caller until the first
 * row is there, and fails from then on.
 */
function emptinessWarnings(checked: CheckedCel): readonly RuleWarning[] {
  return [...passing(checked.root, 'positive', checked)].map(({ range }) => ({
    message: `'${textAt(range, checked.source)}' compares an identity, which an anonymous caller does not have: with no elements nothing is compared, so this is true for anonymous callers. Add auth.id != null && before it`,
    range,
  }))
}

/** The parts that let an anonymous caller pass where there are no elements. */
function* passing(expression: Expression, polarity: Polarity, checked: CheckedCel): Generator<Expression> {
  switch (expression.kind) {
    case 'not':
      yield* passing(expression.operand, opposite(polarity), checked)
      return
    case 'logic':
      for (const operand of expression.operands) {
        const others = expression.operands.filter((other) => other !== operand)
        if (others.some((other) => keepsOut(other, expression.operator, polarity, checked))) continue
        yield* passing(operand, polarity, checked)
      }
      return
    case 'conditional':
      yield* passing(expression.condition, 'either', checked)
      if (!decides(expression.condition, 'never', checked)) yield* passing(expression.whenTrue, polarity, checked)
      if (!decides(expression.condition, 'always', checked)) yield* passing(expression.whenFalse, polarity, checked)
      return
    case 'equals':
    case 'order': {
      const ofNone = holdsOfNone(expression)
      if (ofNone !== null) {
        if (polarity === 'either' || ofNone === (polarity === 'positive')) yield expression
        return
      }
      break
    }
    case 'rowMacro':
    case 'macro':
    case 'rowCount':
      if (passesWhenEmpty(expression, polarity)) yield expression
      else for (const child of childrenOf(expression)) yield* passing(child, polarity, checked)
      return
  }
  for (const child of childrenOf(expression)) yield* passing(child, 'either', checked)
}

/** Whether an operand beside another one keeps anonymous callers out. */
function keepsOut(other: Expression, operator: '&&' | '||', polarity: Polarity, checked: CheckedCel): boolean {
  if (polarity === 'either' || (operator === '&&') !== (polarity === 'positive')) return false
  return meetsIdentity(other) || decides(other, polarity === 'positive' ? 'never' : 'always', checked)
}

/** Whether a condition is known for anonymous callers, whatever the documents and the request are. */
function decides(condition: Expression, wanted: 'always' | 'never', checked: CheckedCel): boolean {
  // A variable has its value from around the condition.
  if (find(condition, ({ kind }) => kind === 'request' || kind === 'variable') !== null) return false
  const request = { method: '', ip: '', time: 0, body: null, headers: {} }
  return compileStaticDecision({ ...checked, root: condition })({ auth: ANONYMOUS_FACTS, request }) === wanted
}

function opposite(polarity: Polarity): Polarity {
  if (polarity === 'either') return polarity
  return polarity === 'positive' ? 'negative' : 'positive'
}

function passesWhenEmpty(
  expression: Extract<Expression, { kind: 'rowMacro' | 'macro' | 'rowCount' }>,
  polarity: Polarity,
): boolean {
  const inner = expression.kind === 'macro' ? [expression.predicate] : childrenOf(expression)
  if (!inner.some((child) => child !== null && comparesIdentity(child))) return false
  if (expression.kind === 'rowCount') return true
  if (expression.macro === 'all') return polarity !== 'negative'
  return polarity !== 'positive' && (expression.macro === 'exists' || expression.macro === 'exists_one')
}

/** Whether a comparison of the number of rows with a constant holds if there are none; null for any other comparison. */
function holdsOfNone(expression: Extract<Expression, { kind: 'equals' | 'order' }>): boolean | null {
  const { left, right } = expression
  const [counted, other] = left.kind === 'rowCount' ? [left, right] : [right, left]
  if (counted.kind !== 'rowCount' || other.kind !== 'const' || !childrenOf(counted).some(comparesIdentity)) return null
  const value = Number(other.value)
  if (expression.kind === 'equals') return (value === 0) !== expression.negated
  const [a, b] = counted === left ? [0, value] : [value, 0]
  switch (expression.operator) {
    case '<':
      return a < b
    case '<=':
      return a <= b
    case '>':
      return a > b
    case '>=':
      return a >= b
  }
}

/** Whether an identity is in an expression, other than to be asked for null. */
function comparesIdentity(expression: Expression): boolean {
  if (expression.kind === 'auth') return expression.part !== 'verified' && expression.part !== 'permissions'
  if (expression.kind === 'equals' && operandComparedWithNull(expression)?.kind === 'auth') return false
  return childrenOf(expression).some(comparesIdentity)
}

/** A comparison with an identity itself: it fails for nobody. */
function meetsIdentity(expression: Expression): boolean {
  if (expression.kind !== 'equals' || operandComparedWithNull(expression) !== null) return false
  return [expression.left, expression.right].some((side) => side.kind === 'auth' && side.part !== 'verified')
}

function find(expression: Expression, isWanted: (expression: Expression) => boolean): Expression | null {
  if (isWanted(expression)) return expression
  for (const child of childrenOf(expression)) {
    const found = find(child, isWanted)
    if (found !== null) return found
  }
  return null
}

function findAll(expression: Expression, isWanted: (expression: Expression) => boolean): readonly Expression[] {
  const inner = childrenOf(expression).flatMap((child) => findAll(child, isWanted))
  return isWanted(expression) ? [expression, ...inner] : inner
}
