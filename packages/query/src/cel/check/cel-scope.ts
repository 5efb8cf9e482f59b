import type { Collection, Field, JsonValue, Schema } from '@koyalite/schema'
import { type Definitions, definitionsOf } from './definitions'
import { REQUEST_PARTS, type RequestPart } from './expression'

/** What a name of the scope stands for. */
export type Root =
  | { readonly kind: 'row'; readonly collection: Collection }
  | { readonly kind: 'auth' }
  /** Only these parts can be named: a read rule, for one, has `time` alone. */
  | { readonly kind: 'request'; readonly parts: readonly RequestPart[] }
  /** A document of a collection that is not known: what a definition is about before anything calls it. */
  | { readonly kind: 'anything' }

/** What an expression may name. */
export interface CelScope {
  readonly schema: Schema
  readonly roots: Readonly<Record<string, Root>>
  /** True in rules; `where` cannot name collections. */
  readonly collectionsAllowed: boolean
  /** What rules may call besides functions; absent in `where`. */
  readonly definitions?: Definitions
  /** Nodes of expanded definitions so far, of all expressions that share this: they bound the time that a schema takes. */
  readonly expanded?: { nodes: number }
  /** Decimals must have the value of a double: what a `where` compares with would be another number. */
  readonly exactNumbers?: true
  /** What `$1`, `$2` … stand for, in a `where`: all of them are used. */
  readonly params?: readonly JsonValue[]
  /** Fields for which this is false do not exist, in error messages neither. Without it every field does. */
  readonly fieldExists?: (collection: Collection, field: Field) => boolean
}

/** The scope of a rule over documents of a collection. `old` is there where the operation has a stored document. */
export function ruleScope(
  schema: Schema,
  collection: Collection,
  options: {
    readonly old: boolean
    readonly requestParts: readonly RequestPart[]
    readonly expanded?: CelScope['expanded']
  },
): CelScope {
  const row: Root = { kind: 'row', collection }
  return {
    schema,
    roots: {
      doc: row,
      ...(options.old ? { old: row } : {}),
      auth: { kind: 'auth' },
      request: { kind: 'request', parts: options.requestParts },
    },
    collectionsAllowed: true,
    definitions: definitionsOf(schema),
    ...(options.expanded && { expanded: options.expanded }),
  }
}

/** The scope of a definition by itself: what it is about, and with what it is called, may be anything. */
export function definitionScope(schema: Schema, expanded: NonNullable<CelScope['expanded']>): CelScope {
  return {
    schema,
    roots: {
      doc: { kind: 'anything' },
      old: { kind: 'anything' },
      auth: { kind: 'auth' },
      request: { kind: 'request', parts: REQUEST_PARTS },
    },
    collectionsAllowed: true,
    definitions: definitionsOf(schema),
    expanded,
  }
}
