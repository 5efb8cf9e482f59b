import type { Collection, Field, JsonValue, Schema } from '@koyalite/schema'
import type { Range } from '../syntax/parse-cel'
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
  /** The same text each time. */
  | { readonly kind: 'text'; readonly text: string }

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
  /** Notified of each name of the schema that the expression has, where it stands; more than once of the same. */
  readonly onMention?: (mention: SchemaMention) => void
}

/** A name of the schema in an expression. `range` is that of the name alone. */
export type SchemaMention = { readonly range: Range } & (
  | { readonly kind: 'collection'; readonly collection: Collection }
  /** `isWithoutId`: `doc.author` for `author_id`. */
  | { readonly kind: 'field'; readonly collection: Collection; readonly field: Field; readonly isWithoutId: boolean }
  /** A literal that is compared with a field of an enum. */
  | { readonly kind: 'value'; readonly collection: Collection; readonly field: Field; readonly value: string }
)

/** The scope of a rule over documents of a collection. `old` is there where the operation has a stored document. */
export function ruleScope(
  schema: Schema,
  collection: Collection,
  options: {
    readonly old: boolean
    readonly requestParts: readonly RequestPart[]
    readonly expanded?: CelScope['expanded']
    readonly onMention?: CelScope['onMention']
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
    ...(options.onMention && { onMention: options.onMention }),
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

/** The scope of a condition on the caller and the request: there is no document, and no collection is read. */
export function callerScope(schema: Schema, expanded: NonNullable<CelScope['expanded']>): CelScope {
  return {
    schema,
    roots: { auth: { kind: 'auth' }, request: { kind: 'request', parts: REQUEST_PARTS } },
    collectionsAllowed: false,
    definitions: definitionsOf(schema),
    expanded,
  }
}

/** The scope of a condition on an event: the document as it was and is, and what happened. Without a collection it is not about documents. */
export function eventScope(
  schema: Schema,
  { collection, type }: { readonly collection: Collection | null; readonly type: string },
): CelScope {
  const row: Root | null = collection && { kind: 'row', collection }
  return {
    schema,
    roots: { ...(row && { doc: row, old: row }), type: { kind: 'text', text: type } },
    collectionsAllowed: false,
    definitions: definitionsOf(schema),
    // What an event does not have.
    fieldExists: (_, field) => !field.internal && field.type !== 'blob',
  }
}
