import type { AggregateInput, Group } from './aggregate-types'
import type { CallOptions } from './call-options'
import type { ExpandPath, FieldName, FieldPath, Shown } from './document-types'
import type { Documents } from './documents'
import type { Filter, SortKey } from './filter-types'
import type { CollectionTypes, SchemaOf } from './metadata'
import type { LiveObserver, LiveOptions, LiveStore } from './ports'
import type { WhereValue } from './where'

export interface PageOptions extends CallOptions {
  /** `nextCursor` of the page before; null and undefined: the first page. */
  readonly cursor?: string | null | undefined
  /** Also counts all documents of the query. */
  readonly count?: boolean | undefined
}

export interface Page<D> {
  readonly docs: D[]
  /** Null: this is the last page. */
  readonly nextCursor: string | null
  /** How many documents the query has, with `count`. */
  readonly total?: number
}

/** Of no property: it stands first, so that the compiler sees at once that two kinds differ, instead of comparing all methods for minutes. */
export declare const kind: unique symbol
/** Of no property either: the types of a query, for those that infer them. To infer them from its methods takes the compiler minutes. */
export declare const shape: unique symbol

/**
 * An immutable list of documents: each method returns another one, until an ending (`get`, `all`, `first` …) asks the server.
 *
 * @typeParam K which kind of query its methods return
 * @typeParam F the fields that its documents have, and paths to those of what is expanded in them
 * @typeParam P the paths that are expanded in them
 *
 * The variances are written down: to find them out, the compiler compares a million types, for two minutes. For the same reason,
 * no kind of query overrides what another one has.
 */
export interface QueryMethods<
  in out K extends 'data' | 'live',
  in out S extends SchemaOf<S>,
  in out C extends keyof S,
  in out F extends string,
  in out P extends string,
> {
  readonly [kind]?: K
  /** The same for all queries that ask for the same. */
  readonly key: string

  /** Only documents for which all of it holds; repeated: all of them. Undefined is an INVALID_FILTER, with which the query rejects. */
  filter(filter: Filter<S, C>): QueryKinds<S, C, F, P>[K]
  /**
   * Only documents for which a CEL expression over `doc`, `auth` and `request.time` holds; repeated: all of them. As a tagged template
   * (where`size(doc.title) < ${n}`), or with `$1` (`where('doc.title == $1', title)`): values travel beside the text.
   */
  where(expression: string | TemplateStringsArray, ...values: readonly WhereValue[]): QueryKinds<S, C, F, P>[K]
  /** `-` is descending. @default the key */
  sort(...keys: readonly SortKey<S, C>[]): QueryKinds<S, C, F, P>[K]
  limit(limit: number): QueryKinds<S, C, F, P>[K]
  offset(offset: number): QueryKinds<S, C, F, P>[K]
  /** Puts the documents of relations into their places, at most three deep; repeated: these too. */
  expand<const Paths extends string>(
    ...paths: readonly (Paths & ExpandPath<S, C, Paths>)[]
  ): QueryKinds<S, C, F, P | Paths>[K]
  /** Only these fields. What is expanded is there besides, whole, or as far as it is named: `fields('title', 'author.name')`. */
  fields<const Names extends string>(
    ...names: readonly (Names & FieldPath<S, C, Names>)[]
  ): QueryKinds<S, C, Names, P>[K]
  /** `koya.etagOf` knows the tag of each document, as `ifMatch` takes it. */
  etags(): QueryKinds<S, C, F, P>[K]

  /** One page: as many documents as `limit` says, or as the server gives by default. */
  get(options?: CallOptions): Promise<Shown<S, C, F, P>[]>
  /** All documents of the query, or as many as `limit` says, in as many requests as it takes. */
  all(options?: CallOptions): Promise<Shown<S, C, F, P>[]>
  first(options?: CallOptions): Promise<Shown<S, C, F, P> | null>
  /** How many documents the query has, whatever its limit and offset. */
  count(options?: CallOptions): Promise<number>
  page(options?: PageOptions): Promise<Page<Shown<S, C, F, P>>>
  /** All documents of the query, page by page: what stands still meanwhile comes exactly once. */
  iterate(options?: CallOptions): AsyncGenerator<Shown<S, C, F, P>, void, undefined>
  /** Values of the documents, in groups: `values: ['count', 'sum:amount'], group: ['status', 'created_at:month']`. */
  aggregate<const V extends string, const G extends string = never>(
    input: AggregateInput<S, C, V, G>,
    options?: CallOptions,
  ): Promise<Group<S, C, V, G>[]>
}

interface QueryKinds<
  in out S extends SchemaOf<S>,
  in out C extends keyof S,
  in out F extends string,
  in out P extends string,
> {
  readonly data: Query<S, C, F, P>
  readonly live: LiveQuery<S, C, F, P>
}

export interface Query<
  in out S extends SchemaOf<S>,
  in out C extends keyof S,
  in out F extends string,
  in out P extends string,
> extends QueryMethods<'data', S, C, F, P> {}

/** @typeParam T of its collection */
export interface QueryShape<T extends CollectionTypes, F extends string, P extends string> {
  readonly types: T
  /** A query with fewer fields is no query with all of them. */
  readonly fields: (name: F) => void
  readonly expanded: P
}

/** A query that can also be followed while it changes. */
export interface LiveQuery<
  in out S extends SchemaOf<S>,
  in out C extends keyof S,
  in out F extends string,
  in out P extends string,
> extends QueryMethods<'live', S, C, F, P> {
  readonly [shape]?: QueryShape<S[C], F, P>
  /** All documents of the query (or as many as `limit` says), and every change of them: a store, the same one for equal queries. */
  live(options?: LiveOptions): LiveStore<Shown<S, C, F, P>>
  /** The same, as calls. Ends when the returned function is called, or by the signal. */
  subscribe(
    observer: LiveObserver<Shown<S, C, F, P>> | NonNullable<LiveObserver<Shown<S, C, F, P>>['next']>,
    options?: LiveOptions & { readonly signal?: AbortSignal | undefined },
  ): () => void
}

/** The query of all documents of a collection, and its documents one by one. */
export interface Collection<in out S extends SchemaOf<S>, in out C extends keyof S>
  extends Query<S, C, FieldName<S, C>, never>,
    Documents<S, C> {}

export interface LiveCollection<in out S extends SchemaOf<S>, in out C extends keyof S>
  extends LiveQuery<S, C, FieldName<S, C>, never>,
    Documents<S, C> {}

export interface CollectionKinds<in out S extends SchemaOf<S>, in out C extends keyof S> {
  readonly data: Collection<S, C>
  readonly live: LiveCollection<S, C>
}
