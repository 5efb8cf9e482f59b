import type { Collection, Definition, Field } from '@koyalite/schema'
import type { FunctionName } from '../functions/function-table'
import type { CelValue } from '../memory/cel-value'
import type { Range } from '../syntax/parse-cel'
import type { CelType } from './cel-type'

export const AUTH_PARTS = ['id', 'email', 'role', 'verified', 'metadata', 'claims'] as const
export type AuthPart = (typeof AUTH_PARTS)[number]
export const REQUEST_PARTS = ['method', 'ip', 'time', 'body', 'headers'] as const
export type RequestPart = (typeof REQUEST_PARTS)[number]

/** A row of a collection: a name of the scope, the element of a macro, or the target of a reference. */
export type Row =
  | { readonly kind: 'root'; readonly name: string; readonly collection: Collection }
  | { readonly kind: 'element'; readonly variable: number; readonly collection: Collection }
  | {
      readonly kind: 'follow'
      readonly from: Row
      readonly field: Field
      readonly collection: Collection
      readonly key: Field
    }

/** The rows of a collection, narrowed by `filter` any number of times. */
export interface Rows {
  readonly collection: Collection
  readonly filters: readonly { readonly variable: number; readonly predicate: Expression }[]
}

export type ListMacro = 'exists' | 'all' | 'exists_one' | 'map' | 'filter' | 'transformMap'
export type RowMacro = 'exists' | 'all' | 'exists_one'
export type OrderOperator = '<' | '<=' | '>' | '>='
export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%'

type Node<K extends string, Parts> = {
  readonly kind: K
  readonly type: CelType
  readonly range: Range
  /** It is the whole of what the definition stands for, called at `range`. */
  readonly expansionOf?: Definition
} & Readonly<Parts>

/** A checked expression: every name is resolved. What the compilers read. Variables are numbered within an expression. */
export type Expression =
  /** A null that is handed in as a parameter is not the literal `null`. */
  | Node<'const', { value: CelValue; isParameter?: true }>
  /** `permissions` cannot be named: `auth.can` looks at them. */
  | Node<'auth', { part: AuthPart | 'permissions' }>
  | Node<'can', { permission: Expression; granted: Expression }>
  | Node<'request', { part: RequestPart }>
  | Node<'field', { row: Row; field: Field }>
  | Node<'present', { row: Row }>
  | Node<'variable', { variable: number }>
  | Node<'key', { base: Expression; key: string }>
  | Node<'hasKey', { base: Expression; key: string }>
  | Node<'index', { base: Expression; index: Expression }>
  | Node<'not', { operand: Expression }>
  | Node<'negate', { operand: Expression }>
  | Node<'logic', { operator: '&&' | '||'; operands: readonly Expression[] }>
  | Node<'conditional', { condition: Expression; whenTrue: Expression; whenFalse: Expression }>
  | Node<'equals', { negated: boolean; left: Expression; right: Expression }>
  | Node<'order', { operator: OrderOperator; left: Expression; right: Expression }>
  | Node<'arithmetic', { operator: ArithmeticOperator; left: Expression; right: Expression }>
  | Node<'member', { item: Expression; container: Expression }>
  | Node<'call', { name: FunctionName; args: readonly Expression[] }>
  | Node<'list', { items: readonly Expression[] }>
  | Node<'map', { entries: readonly (readonly [Expression, Expression])[] }>
  | Node<
      'macro',
      {
        macro: ListMacro
        container: Expression
        /** The element of a list, the key of a map; where there are two, the position or key, and the value. */
        variables: readonly number[]
        predicate: Expression | null
        transform: Expression | null
      }
    >
  | Node<'rowMacro', { macro: RowMacro; rows: Rows; variable: number; predicate: Expression }>
  | Node<'rowCount', { rows: Rows }>
  | Node<'rowMap', { rows: Rows; variable: number; transform: Expression }>
  /** A value handed to a part of an expression that runs on its own. */
  | Node<'input', { input: number }>

export type ExpressionKind = Expression['kind']
export type ExpressionOf<K extends ExpressionKind> = Extract<Expression, { readonly kind: K }>

/** A function per kind of expression: a missing one does not compile. */
export type Visitor<Context, Out> = {
  readonly [K in ExpressionKind]: (expression: ExpressionOf<K>, context: Context) => Out
}

/** Calls the function of `visitor` for the expression's kind. */
export function visit<Context, Out>(visitor: Visitor<Context, Out>, expression: Expression, context: Context): Out {
  // The table maps each kind to a function of just that kind, which the type system cannot follow through an index.
  const visitKind = visitor[expression.kind] as (expression: Expression, context: Context) => Out
  return visitKind(expression, context)
}

/** What is compared with the literal `null`; null where neither side is that literal. */
export function operandComparedWithNull({ left, right }: ExpressionOf<'equals'>): Expression | null {
  return isNullLiteral(right) ? left : isNullLiteral(left) ? right : null
}

/** Values that are handed in are never literals: whoever wrote the expression did not ask for null. */
function isNullLiteral(expression: Expression): boolean {
  return expression.kind === 'const' && expression.value === null && !expression.isParameter
}

/** The expressions directly inside of one, those inside its rows included. */
export function childrenOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'const':
    case 'auth':
    case 'request':
    case 'field':
    case 'present':
    case 'variable':
    case 'input':
      return []
    case 'can':
      return [expression.permission, expression.granted]
    case 'key':
    case 'hasKey':
      return [expression.base]
    case 'index':
      return [expression.base, expression.index]
    case 'not':
    case 'negate':
      return [expression.operand]
    case 'logic':
      return expression.operands
    case 'conditional':
      return [expression.condition, expression.whenTrue, expression.whenFalse]
    case 'equals':
    case 'order':
    case 'arithmetic':
      return [expression.left, expression.right]
    case 'member':
      return [expression.item, expression.container]
    case 'call':
      return expression.args
    case 'list':
      return expression.items
    case 'map':
      return expression.entries.flat()
    case 'macro':
      return [expression.container, expression.predicate, expression.transform].filter((child) => child !== null)
    case 'rowMacro':
      return [...filtersOf(expression.rows), expression.predicate]
    case 'rowCount':
      return filtersOf(expression.rows)
    case 'rowMap':
      return [...filtersOf(expression.rows), expression.transform]
  }
}

/** How many nodes an expression has, itself included: what evaluating it once costs at most, lists and texts apart. */
export function countNodes(expression: Expression): number {
  return childrenOf(expression).reduce((sum, child) => sum + countNodes(child), 1)
}

/** How deep an expression is nested: 1 without parts. */
export function depthOf(expression: Expression): number {
  return 1 + childrenOf(expression).reduce((deepest, child) => Math.max(deepest, depthOf(child)), 0)
}

function filtersOf(rows: Rows): readonly Expression[] {
  return rows.filters.map((filter) => filter.predicate)
}

/** The same expression with other ones in the place of those directly inside, in the order of `childrenOf`. Not for rows. */
export function withChildren(expression: Expression, children: readonly Expression[]): Expression {
  const at = (index: number): Expression => children[index] ?? expression
  switch (expression.kind) {
    case 'can':
      return { ...expression, permission: at(0), granted: at(1) }
    case 'key':
    case 'hasKey':
      return { ...expression, base: at(0) }
    case 'index':
      return { ...expression, base: at(0), index: at(1) }
    case 'not':
    case 'negate':
      return { ...expression, operand: at(0) }
    case 'logic':
      return { ...expression, operands: children }
    case 'conditional':
      return { ...expression, condition: at(0), whenTrue: at(1), whenFalse: at(2) }
    case 'equals':
    case 'order':
    case 'arithmetic':
      return { ...expression, left: at(0), right: at(1) }
    case 'member':
      return { ...expression, item: at(0), container: at(1) }
    case 'call':
      return { ...expression, args: children }
    case 'list':
      return { ...expression, items: children }
    case 'map':
      return {
        ...expression,
        entries: expression.entries.map((_, index) => [at(2 * index), at(2 * index + 1)] as const),
      }
    case 'macro': {
      const predicate = expression.predicate === null ? null : at(1)
      const transform = expression.transform === null ? null : at(predicate === null ? 1 : 2)
      return { ...expression, container: at(0), predicate, transform }
    }
    default:
      return expression
  }
}
