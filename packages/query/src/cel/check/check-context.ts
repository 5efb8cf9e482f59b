import type { Syntax } from '../syntax/parse-cel'
import type { CelScope } from './cel-scope'
import type { Expression, RequestPart, Row, Rows } from './expression'

/** What a piece of syntax stands for. */
export type Resolved =
  /** `reference` is there where the value is a key that can be followed by selecting a field of it. */
  | { readonly is: 'value'; readonly expression: Expression; readonly reference?: Row }
  | { readonly is: 'row'; readonly row: Row }
  | { readonly is: 'rows'; readonly rows: Rows }
  | { readonly is: 'auth' }
  | { readonly is: 'request'; readonly parts: readonly RequestPart[] }

/** What checking a node needs. `resolve` and `check` are the whole checker: the files of node families don't import it. */
export interface CheckContext {
  readonly scope: CelScope
  readonly source: string
  readonly variables: ReadonlyMap<string, Resolved>
  /** Shared by all contexts of an expression: assigns each variable its own number. */
  readonly counter: { variables: number }
  /** What each node stands for; shared by all contexts of an expression, since a node stands in one place. */
  readonly resolutions: Map<Syntax, Resolved>
  readonly resolve: (syntax: Syntax, context: CheckContext) => Resolved
  readonly check: (syntax: Syntax, context: CheckContext) => Expression
}

/** The context inside of a macro. */
export function withVariable(context: CheckContext, name: string, resolved: Resolved): CheckContext {
  return { ...context, variables: new Map(context.variables).set(name, resolved) }
}
