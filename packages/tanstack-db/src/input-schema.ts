import type { KoyaSource } from './koya-source'
import { uuidV7 } from './uuid-v7'

/** A Standard Schema: what `insert` takes, and what is in the collection. */
export interface InputSchema<I, O> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: 'koyalite'
    readonly types?: { readonly input: I; readonly output: O } | undefined
    validate(value: unknown): { readonly value: O; readonly issues?: undefined } | { readonly issues: readonly Issue[] }
  }
}

interface Issue {
  readonly message: string
}

/** Checks nothing that the server checks: it completes documents, and makes their keys. */
export function inputSchema<I, O>(
  { client, collection, key }: KoyaSource,
  defaults: ((input: I) => Partial<O>) | undefined,
): InputSchema<I, O> {
  const { isCounted } = client.keyOf(collection)
  return {
    '~standard': {
      version: 1,
      vendor: 'koyalite',
      validate(value) {
        const input = value as I & Readonly<Record<string, unknown>>
        const isKeyed = input[key] !== undefined
        if (!isKeyed && isCounted) {
          const message = `The server numbers the documents of '${collection}': use koya.${collection}.create().`
          return { issues: [{ message }] }
        }
        // Updates come as whole documents, and lack nothing.
        const given = Object.entries(input).filter(([, one]) => one !== undefined)
        return { value: { ...defaults?.(input), ...Object.fromEntries(given), [key]: input[key] ?? uuidV7() } as O }
      },
    },
  }
}
