import type { CelKind } from '../memory/cel-value'
import { CelError } from '../syntax/cel-error'
import { type BinaryOperator, type Range, rangeOf, type Syntax } from '../syntax/parse-cel'
import {
  aType,
  BOOL_TYPE,
  type CelType,
  DYN_TYPE,
  describeType,
  isNullable,
  isOpen,
  isScalar,
  JSON_TYPE,
  joinTypes,
  mayBe,
  NULL_TYPE,
  scalarType,
} from './cel-type'
import type { CheckContext } from './check-context'
import { checkEnumValue } from './check-enum'
import { checkBeside, holdsParameter } from './check-parameter'
import { behindParameter } from './expand-definition'
import type { ArithmeticOperator, Expression, OrderOperator } from './expression'

type SyntaxOf<K extends Syntax['kind']> = Extract<Syntax, { kind: K }>

/** `!a` */
export function checkNot(syntax: SyntaxOf<'not'>, context: CheckContext): Expression {
  return { kind: 'not', operand: checkBool(syntax.operand, '!', context), type: BOOL_TYPE, range: rangeOf(syntax) }
}

/** `a && b`, `a || b` */
export function checkLogic(syntax: SyntaxOf<'logic'>, context: CheckContext): Expression {
  const operands = syntax.operands.map((operand) => checkBool(operand, syntax.operator, context))
  return { kind: 'logic', operator: syntax.operator, operands, type: BOOL_TYPE, range: rangeOf(syntax) }
}

function checkBool(syntax: Syntax, operator: string, context: CheckContext): Expression {
  const expression = context.check(syntax, context)
  if (!mayBe(expression.type, 'bool')) {
    throw new CelError(`${operator} takes bools, this is ${aType(expression.type)}`, syntax)
  }
  return expression
}

/** `-a` */
export function checkNegate(syntax: SyntaxOf<'negate'>, context: CheckContext): Expression {
  const operand = context.check(syntax.operand, context)
  if (!mayBe(operand.type, 'int') && !mayBe(operand.type, 'double')) {
    throw new CelError(`- takes an int or a double, this is ${aType(operand.type)}`, syntax.operand)
  }
  const type = isScalar(operand.type) ? scalarType(operand.type.kind) : operand.type
  return { kind: 'negate', operand, type, range: rangeOf(syntax) }
}

/** `a op b` */
export function checkBinary(syntax: SyntaxOf<'binary'>, context: CheckContext): Expression {
  switch (syntax.operator) {
    case '==':
    case '!=':
      return checkEquality(syntax, context)
    case '<':
    case '<=':
    case '>':
    case '>=':
      return checkOrder(syntax, syntax.operator, context)
    case 'in':
      return checkMember(syntax, context)
    default:
      return checkArithmetic(syntax, syntax.operator, context)
  }
}

function checkEquality(syntax: SyntaxOf<'binary'>, context: CheckContext): Expression {
  const negated = syntax.operator === '!='
  const againstNull = checkAgainstNull(syntax, negated, context)
  if (againstNull !== null) return againstNull
  const [left, right] = checkOperands(syntax, context)
  if (!areComparable(left.type, right.type)) throw noOverload(syntax.operator, left, right, syntax)
  checkEnumValue(left, right, context.scope.onMention)
  checkEnumValue(right, left, context.scope.onMention)
  checkJsonNumber(left, right, context)
  return { kind: 'equals', negated, left, right, type: BOOL_TYPE, range: rangeOf(syntax) }
}

/** Both operands. A parameter takes its type from the other side, as far as the operator does so. */
function checkOperands(
  { left, right }: SyntaxOf<'binary'>,
  context: CheckContext,
  typeOf: (side: Expression) => Expression | null = (side) => side,
): readonly [Expression, Expression] {
  if (!holdsParameter(left)) {
    const known = context.check(left, context)
    return [known, holdsParameter(right) ? checkBeside(right, typeOf(known), context) : context.check(right, context)]
  }
  const known = context.check(right, context)
  return [checkBeside(left, typeOf(known), context), known]
}

/** In a `where`: numbers of json are doubles here, and an int that none of them is would find its neighbours, or nothing without a word. */
function checkJsonNumber(left: Expression, right: Expression, { scope }: CheckContext): void {
  if (!scope.exactNumbers) return
  if (left.type.kind === 'json') requireJsonNumbers(right)
  if (right.type.kind === 'json') requireJsonNumbers(left)
}

function requireJsonNumbers(expression: Expression): void {
  switch (expression.kind) {
    case 'const': {
      const { value, range } = expression
      if (typeof value === 'bigint' && BigInt(Number(value)) !== value)
        throw new CelError(`${value} cannot be represented as a JSON number; send such values as strings`, range)
      return
    }
    case 'list':
      for (const item of expression.items) requireJsonNumbers(item)
      return
    case 'map':
      for (const [, value] of expression.entries) requireJsonNumbers(value)
      return
    default:
  }
}

/** `auth == null` and `doc.author == null`: a value that does not exist can still be absent. */
function checkAgainstNull(syntax: SyntaxOf<'binary'>, negated: boolean, context: CheckContext): Expression | null {
  const isNull = (side: Syntax): boolean => {
    const { syntax: written } = behindParameter(side, context)
    return written.kind === 'literal' && written.value === null
  }
  const other = isNull(syntax.right) ? syntax.left : isNull(syntax.left) ? syntax.right : null
  if (other === null || isNull(other)) return null
  const resolved = context.resolve(other, context)
  const range = rangeOf(syntax)
  if (resolved.is === 'auth') {
    const left: Expression = { kind: 'auth', part: 'id', type: scalarType('string', true), range: rangeOf(other) }
    const right: Expression = { kind: 'const', value: null, type: NULL_TYPE, range: rangeOf(other) }
    return { kind: 'equals', negated, left, right, type: BOOL_TYPE, range }
  }
  if (resolved.is !== 'row') return null
  const present: Expression = { kind: 'present', row: resolved.row, type: BOOL_TYPE, range }
  return negated ? present : { kind: 'not', operand: present, type: BOOL_TYPE, range }
}

const NUMERIC: readonly CelKind[] = ['int', 'uint', 'double']
const OTHER_KINDS: readonly CelKind[] = [
  'bool',
  'string',
  'bytes',
  'timestamp',
  'date',
  'duration',
  'type',
  'list',
  'map',
]

/** Whether `==` between two types could ever be true. Null may be compared with everything. */
function areComparable(a: CelType, b: CelType): boolean {
  if (a.kind === 'null' || b.kind === 'null') return true
  if (isOpen(a) && isOpen(b)) return true
  if (a.kind === 'list' && b.kind === 'list') return areComparable(a.element, b.element)
  if (a.kind === 'map' && b.kind === 'map') return areComparable(a.value, b.value)
  const bothNumeric = NUMERIC.some((kind) => mayBe(a, kind)) && NUMERIC.some((kind) => mayBe(b, kind))
  return bothNumeric || OTHER_KINDS.some((kind) => mayBe(a, kind) && mayBe(b, kind))
}

const ORDERED: readonly CelKind[] = ['bool', 'string', 'bytes', 'timestamp', 'date', 'duration']

function checkOrder(syntax: SyntaxOf<'binary'>, operator: OrderOperator, context: CheckContext): Expression {
  const [left, right] = checkOperands(syntax, context)
  const bothNumeric = NUMERIC.some((kind) => mayBe(left.type, kind)) && NUMERIC.some((kind) => mayBe(right.type, kind))
  if (!bothNumeric && !ORDERED.some((kind) => mayBe(left.type, kind) && mayBe(right.type, kind))) {
    throw noOverload(operator, left, right, syntax)
  }
  checkJsonNumber(left, right, context)
  return { kind: 'order', operator, left, right, type: BOOL_TYPE, range: rangeOf(syntax) }
}

function checkMember(syntax: SyntaxOf<'binary'>, context: CheckContext): Expression {
  const [item, container] = checkOperands(syntax, context, (side) =>
    side.kind === 'list' ? (side.items[0] ?? null) : side,
  )
  const { type } = container
  if (!mayBe(type, 'list') && !mayBe(type, 'map')) {
    throw new CelError(`the operand after 'in' must be a list or a map, this is ${aType(type)}`, syntax.right)
  }
  if (type.kind === 'list' && !areComparable(item.type, type.element)) throw noOverload('in', item, container, syntax)
  if (container.kind === 'list') {
    for (const candidate of container.items) checkEnumValue(item, candidate, context.scope.onMention)
  }
  checkJsonNumber(item, container, context)
  return { kind: 'member', item, container, type: BOOL_TYPE, range: rangeOf(syntax) }
}

type Overload = readonly [CelKind, CelKind, CelKind]

const NUMBERS: readonly Overload[] = [
  ['int', 'int', 'int'],
  ['uint', 'uint', 'uint'],
  ['double', 'double', 'double'],
]

const ARITHMETIC: Readonly<Record<ArithmeticOperator, readonly Overload[]>> = {
  '+': [
    ...NUMBERS,
    ['string', 'string', 'string'],
    ['bytes', 'bytes', 'bytes'],
    ['list', 'list', 'list'],
    ['timestamp', 'duration', 'timestamp'],
    ['duration', 'timestamp', 'timestamp'],
    ['duration', 'duration', 'duration'],
    ['date', 'int', 'date'],
    ['int', 'date', 'date'],
  ],
  '-': [
    ...NUMBERS,
    ['timestamp', 'timestamp', 'duration'],
    ['timestamp', 'duration', 'timestamp'],
    ['duration', 'duration', 'duration'],
    ['date', 'int', 'date'],
    ['date', 'date', 'int'],
  ],
  '*': NUMBERS,
  '/': NUMBERS,
  '%': NUMBERS.slice(0, 2),
}

function checkArithmetic(syntax: SyntaxOf<'binary'>, operator: ArithmeticOperator, context: CheckContext): Expression {
  // A text beside a time may be a time or a duration: that is for the expression to say.
  const [left, right] = checkOperands(syntax, context, (side) =>
    NUMERIC.some((kind) => mayBe(side.type, kind)) ? side : null,
  )
  const fitting = ARITHMETIC[operator].filter(([a, b]) => mayBe(left.type, a) && mayBe(right.type, b))
  if (fitting.length === 0) throw noOverload(operator, left, right, syntax)
  const type = joinTypes(fitting.map(([, , result]) => resultType(result, left.type, right.type)))
  return { kind: 'arithmetic', operator, left, right, type, range: rangeOf(syntax) }
}

function resultType(kind: CelKind, left: CelType, right: CelType): CelType {
  if (kind !== 'list') return scalarType(kind as 'int')
  const element = (type: CelType): CelType =>
    type.kind === 'list' ? type.element : type.kind === 'json' ? JSON_TYPE : DYN_TYPE
  return { kind: 'list', element: joinTypes([element(left), element(right)]) }
}

function noOverload(operator: BinaryOperator, left: Expression, right: Expression, range: Range): CelError {
  const types = `${describeType(left.type)} ${operator} ${describeType(right.type)}`
  return new CelError(`${types} is not supported${overloadHint(operator, left.type, right.type)}`, rangeOf(range))
}

function overloadHint(operator: BinaryOperator, left: CelType, right: CelType): string {
  const kinds = [left, operator === 'in' && right.kind === 'list' ? right.element : right].map(({ kind }) => kind)
  if (kinds.includes('json') && kinds.includes('int'))
    return ': a JSON number is a double, convert it with int(…) or write 1.0'
  if (kinds.includes('int') && kinds.includes('double')) return ': convert with double(…) or int(…)'
  if (kinds.includes('json') && kinds.includes('timestamp')) return ': convert with timestamp(…)'
  if (kinds.includes('string') && kinds.includes('timestamp')) return ': convert with timestamp(…)'
  if (kinds.includes('date')) {
    if (kinds.includes('timestamp')) return ': convert with date(…) or timestamp(…)'
    if (kinds.includes('json') || kinds.includes('string')) return ': convert with date(…)'
    if (kinds.includes('duration')) return ': add a number of days, or convert with timestamp(…)'
  }
  if (operator !== '==' && (isNullable(left) || isNullable(right)) && kinds.includes('null'))
    return ': compare null with == or !='
  return ''
}
