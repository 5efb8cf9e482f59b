import type { Call } from './call'

/** Which part of `ctx` an error comes from. */
export type ErrorSource = 'db' | 'admin' | 'functions' | 'queue'

export interface ErrorOrigin {
  readonly call: Call
  readonly source: ErrorSource
}

const origins = new WeakMap<object, ErrorOrigin>()

/** Marks what a part of `ctx` rejects with. */
export async function markErrors<T>(origin: ErrorOrigin, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    throw typeof error === 'object' && error !== null ? marked(origin, error) : error
  }
}

export function marked<E extends object>(origin: ErrorOrigin, error: E): E {
  origins.set(error, origin)
  return error
}

/** Undefined: it does not come from `ctx`. */
export function originOf(error: unknown): ErrorOrigin | undefined {
  return typeof error === 'object' && error !== null ? origins.get(error) : undefined
}
