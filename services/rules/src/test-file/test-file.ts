import type { Actor } from '@koyalite/contracts'
import type { Collection, JsonValue, Position } from '@koyalite/schema'

/** A file of rules/: who there is, which documents, and who may do what. Every name in it is known, every `$name` replaced. */
export interface RuleTestFile {
  readonly file: string
  /** In the order in which they can be stored: a document comes after those that it refers to. */
  readonly documents: readonly FixtureDocument[]
  readonly cases: readonly RuleCase[]
}

export interface FixtureDocument extends Position {
  readonly collection: Collection
  readonly data: JsonObject
}

export type JsonObject = Readonly<Record<string, JsonValue>>

export const CASE_OPERATIONS = ['read', 'list', 'create', 'update', 'replace', 'delete'] as const
export type CaseOperation = (typeof CASE_OPERATIONS)[number]

/** Something that an actor may do, or may not. */
export type RuleCase = DocumentCase | BatchCase

interface Expectation extends Position {
  readonly title: string
  readonly actor: Actor
  readonly expect: 'allowed' | 'denied'
  /** The status of the response; null: any that is allowed or denied. */
  readonly status: number | null
}

export interface DocumentCase extends Expectation {
  readonly operation: CaseOperation
  readonly collection: Collection
  /** The document's key, as it stands in a path; null for lists and creates. */
  readonly id: string | null
  readonly data: JsonObject | null
  /** Fields that the response's documents must have, and must not have. */
  readonly visible: readonly string[]
  readonly absent: readonly string[]
  /** The keys of exactly those documents that a list must give; null: whichever. */
  readonly finds: readonly string[] | null
}

/** Writes in one transaction, each of which sees the earlier ones. */
export interface BatchCase extends Expectation {
  readonly operation: 'batch'
  readonly writes: readonly BatchWrite[]
}

export type BatchWrite = Pick<DocumentCase, 'collection' | 'id' | 'data'> & { readonly operation: WriteOperation }

export const WRITE_OPERATIONS = ['create', 'update', 'replace', 'delete'] as const satisfies readonly CaseOperation[]
export type WriteOperation = (typeof WRITE_OPERATIONS)[number]
