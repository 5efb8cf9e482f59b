import type { Ctx } from './ctx'
import type { FunctionConfig } from './function-config'
import type { JsonSchema, ShortSchema, ValueOf } from './value-schema'

/** Found in definitions of all copies of this package. */
const DEFINITION: unique symbol = Symbol.for('koyalite.functions.definition') as never

type AnySchema = ShortSchema | JsonSchema

/** @typeParam I schema of the input, `O` of the output: undefined where there is none */
export interface FunctionDefinition<
  I extends AnySchema | undefined = AnySchema | undefined,
  O extends AnySchema | undefined = AnySchema | undefined,
> {
  /** The server refuses other inputs with VALIDATION_ERROR, before the handler runs. */
  readonly input?: I
  /** Anything else that the handler returns is FUNCTION_OUTPUT_INVALID. */
  readonly output?: O
  /** What may also stand in `functions/<name>.yaml`. */
  readonly config?: FunctionConfig
  handler(input: ValueOf<I>, ctx: Ctx): ValueOf<O> | Promise<ValueOf<O>>
}

/** A function with typed input and output, for `export default`. */
export function defineFunction<
  const I extends AnySchema | undefined = undefined,
  const O extends AnySchema | undefined = undefined,
>(definition: FunctionDefinition<I, O>): FunctionDefinition<I, O> {
  if (typeof definition?.handler !== 'function') throw new TypeError('defineFunction needs a handler')
  return Object.freeze({ ...definition, [DEFINITION]: true })
}

export function isDefinition(value: unknown): value is FunctionDefinition {
  return typeof value === 'object' && value !== null && DEFINITION in value
}
