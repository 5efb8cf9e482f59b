/**
 * What generated code gives to the client: `metadata` at run time, and a `Schema` for the compiler.
 *
 * ```ts
 * // generated/koyalite/posts.ts
 * export interface Post { id: string; title: string; author_id: string; created_at: Date; notes?: string | null }
 * export interface PostCreate { id?: string | undefined; title: string; author_id?: string | undefined }
 * export interface PostUpdate { title?: string | undefined; view_count?: number | Increment | undefined }
 * export interface Posts extends CollectionTypes {
 *   doc: Post
 *   create: PostCreate
 *   update: PostUpdate
 *   key: 'id'
 *   relations: { author: ToOne<'users'>; comments: ToMany<'comments'> }
 * }
 * export const posts: CollectionMetadata = {
 *   fields: { created_at: 'timestamp', view_count: 'int' },
 *   relations: { author: 'users', comments: 'comments' },
 * }
 *
 * // generated/koyalite/index.ts
 * import { createKoyalite as createClient, type Koyalite, type KoyaliteOptions, type Metadata } from '@koyalite/client'
 * export interface Schema { posts: Posts; users: Users; comments: Comments }
 * export const metadata: Metadata<Schema> = { collections: { posts, users, comments } }
 * export const createKoyalite = (options: KoyaliteOptions): Koyalite<Schema> => createClient(metadata, options)
 * ```
 */

/** A field whose values JSON does not carry as they are, or only within bounds. Of all others nothing is known at run time. */
export type FieldKind = 'timestamp' | 'blob' | 'int'

export interface CollectionMetadata {
  /** The primary key's name. @default 'id' */
  readonly key?: string
  /** Fields with a kind of their own; absent: none. */
  readonly fields?: Readonly<Record<string, FieldKind>>
  /** By the name that `expand` takes, the collection that a relation leads to; absent: none. */
  readonly relations?: Readonly<Record<string, string>>
  /** Names on the wire of fields and relations that clients call otherwise; all else in here has the names of clients. */
  readonly names?: Readonly<Record<string, string>>
  /** Of what clients see of it: the server sends those of all collections in one (`Koyalite-Schema`). Absent: not compared. */
  readonly hash?: string
}

/** @typeParam S the schema's types: phantom, so that `createKoyalite(metadata, …)` knows them. */
export interface Metadata<S extends SchemaOf<S>> {
  readonly collections: { readonly [Name in keyof S]: CollectionMetadata }
}

/** An interface with one property for each collection, of CollectionTypes. */
export type SchemaOf<S> = { readonly [Name in keyof S]: CollectionTypes }

/** The types of one collection. */
export interface CollectionTypes {
  /**
   * A document as the client gives it: timestamps as `Date`, blobs as `Uint8Array`, all else as in JSON. Internal fields are left
   * out; a field whose read rule looks at `doc` is optional, all others are not.
   */
  readonly doc: object
  /** A new document. What may be left out is `?: T | undefined`. */
  readonly create: object
  /** A patch: every field but the key, `?: T | undefined`, with the operators that apply to it. */
  readonly update: object
  /** The primary key's name. */
  readonly key: string
  /** By the name that `expand` takes; of none: `Record<never, never>`. One that has the name of a field is put in its place. */
  readonly relations: { readonly [Name in string]?: Relation }
}

/** A relation to one document (null where it is unset or not readable), or to many. */
export interface Relation<Collection extends string = string, Many extends boolean = boolean> {
  readonly collection: Collection
  readonly many: Many
}

/** Along a reference. */
export type ToOne<Collection extends string> = Relation<Collection, false>

/** Back along the references of another collection. */
export type ToMany<Collection extends string> = Relation<Collection, true>

/** Patches of int and float fields; null counts as 0. */
export interface Increment {
  readonly $inc: number
}

/** A patch of a json field that holds an array: adds one element at its end. */
export interface Push<Element> {
  readonly $push: Element
}

/** A patch of a json field that holds an array: removes all elements that are equal. */
export interface Pull<Element> {
  readonly $pull: Element
}
