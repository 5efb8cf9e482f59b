import type { Definition } from '@koyalite/schema'
import type { Range, Syntax } from '../syntax/parse-cel'
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

/** An argument of a call of a definition: its syntax, and the context of the call, in which it is checked wherever the body names it. */
export interface Argument {
  readonly syntax: Syntax
  readonly context: CheckContext
  /** How often the body has named it so far: each time it is another part of the whole. */
  readonly uses: { count: number }
}

export const NO_NAMES: ReadonlyMap<string, never> = new Map<string, never>()

/** What checking a node needs. `resolve` and `check` are the whole checker: the files of node families don't import it. */
export interface CheckContext {
  readonly scope: CelScope
  readonly source: string
  readonly variables: ReadonlyMap<string, Resolved>
  /** In the body of a definition: what it is called with. */
  readonly parameters: ReadonlyMap<string, Argument>
  /** The definitions whose bodies this is in, the outermost first. */
  readonly expanding: readonly string[]
  /** Shared by all contexts of an expression: assigns each variable its own number. */
  readonly counter: { variables: number }
  /** How many nodes the expression has, with those of its definitions and of the values of its parameters. */
  readonly size: {
    nodes: number
    readonly root: Range
    readonly definitions: Set<Definition>
    /** The numbers of those that are named. */
    readonly parameters: Set<number>
  }
  /** What each node stands for; shared by all contexts of an expression, or of a body in one place, since a node stands in one place there. */
  readonly resolutions: Map<Syntax, Resolved>
  readonly resolve: (syntax: Syntax, context: CheckContext) => Resolved
  readonly check: (syntax: Syntax, context: CheckContext) => Expression
}

/** The context inside of a macro. */
export function withVariable(context: CheckContext, name: string, resolved: Resolved): CheckContext {
  return { ...context, variables: new Map(context.variables).set(name, resolved) }
}
