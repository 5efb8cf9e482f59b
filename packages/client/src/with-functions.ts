import type { CallOptions } from './call-options'
import type { BaseClient } from './create-data'
import { revivedValue } from './values'

/** What functions take and return, by the names that the client has for them. */
export type FunctionsOf<F> = { readonly [Name in keyof F]: { readonly input: unknown; readonly output: unknown } }

/** What generated code knows of a function at run time. */
export interface FunctionMetadata {
  /** On the wire, where the client calls it otherwise. */
  readonly name?: string
  /** Where timestamps are in its output: `made_at`, `times/*` (each element of a list, or value of a map); empty: the output itself. */
  readonly timestamps?: readonly string[]
}

/** @typeParam F phantom, so that `withFunctions` knows what functions take and return */
export type FunctionsMetadata<F extends FunctionsOf<F>> = { readonly [Name in keyof F]: FunctionMetadata }

/** Calls one function. A call is repeated only with an `idempotencyKey`: the server then runs it once. */
export type FunctionCall<Input, Output> = (
  ...args: Record<never, never> extends Input
    ? [input?: Input, options?: CallOptions]
    : [input: Input, options?: CallOptions]
) => Promise<Output>

export interface WithFunctions<in out F extends FunctionsOf<F>> {
  /** The functions of the project that have `access`. */
  readonly fn: { readonly [Name in keyof F]: FunctionCall<F[Name]['input'], F[Name]['output']> }
}

/** Adds `fn` to a client. @param functions from generated code */
export function withFunctions<C extends Pick<BaseClient<'data', never>, 'request'>, F extends FunctionsOf<F>>(
  koya: C,
  functions: FunctionsMetadata<F>,
): C & WithFunctions<F> {
  const calls = Object.entries<FunctionMetadata>(functions).map(([member, { name = member, timestamps = [] }]) => [
    member,
    async (body: unknown = {}, options?: CallOptions) => {
      const output = await koya.request('POST', `/api/functions/${name}`, { ...options, body })
      return timestamps.reduce((value, path) => revivedAt(value, path === '' ? [] : path.split('/')), output)
    },
  ])
  return Object.assign(koya, { fn: Object.fromEntries(calls) })
}

/** A value as it was parsed, with a Date at a place of it: itself, changed. */
function revivedAt(value: unknown, [step, ...rest]: readonly string[]): unknown {
  if (step === undefined) return revivedValue(value, 'timestamp')
  if (typeof value !== 'object' || value === null) return value
  const parts = value as Record<string, unknown>
  for (const name of step === '*' ? Object.keys(parts) : [step])
    if (Object.hasOwn(parts, name)) parts[name] = revivedAt(parts[name], rest)
  return value
}
