import type { CelType } from '../check/cel-type'
import type { CelKind, CelValue, Result } from '../memory/cel-value'

export interface Overload {
  /** The receiver, where there is one, comes first. */
  readonly params: readonly (CelKind | 'any')[]
  readonly result: CelType
}

/** A function of the language. */
export interface FunctionDefinition {
  /** `x.f(y)`, `f(x, y)` or both. */
  readonly call: 'method' | 'global' | 'either'
  readonly overloads: readonly Overload[]
  /** Fails for values that no overload takes: types may be known only at run time. */
  evaluate(args: readonly CelValue[]): Result
}
