import type { DryRunResponse, SqlValue, SuggestedIndex } from '@koyalite/contracts'
import type { ListReads } from '@koyalite/query'
import type { JsonValue, Operation, Position } from '@koyalite/schema'
import type { Truth } from '../store/rows'

/** Explain why an actor may or may not do something. The wire format of the admin API. */
export interface Explanation {
  readonly collection: string
  readonly operation: Operation
  /** Who asks, in words: `user ann@example.com (role user)`. */
  readonly actor: string
  /** `never` and `always` hold for every document; `bypassed`: rules do not apply to this caller. */
  readonly comes_to: 'always' | 'never' | 'depends' | 'bypassed'
  /** In a sentence. */
  readonly summary: string
  readonly rules: readonly ExplanationRule[]
  /** The statement of a list as this caller; null if there is none: nothing may be read, or no document is looked for. */
  readonly sql: ExplanationSql | null
  readonly document: ExplanationDocument | null
}

export interface ExplanationRule extends Position {
  readonly file: string
  readonly name: string | null
  readonly kind: 'permit' | 'restrict' | 'field'
  /** `stored`: about the document as it is; `resulting`: as the write would leave it. */
  readonly about: 'stored' | 'resulting'
  readonly source: string
  /** The definitions that it calls, and those that these call. */
  readonly definitions: readonly ExplanationDefinition[]
  readonly comes_to: 'always' | 'never' | 'depends'
  /** Parts that SQL calls JavaScript for, row by row. */
  readonly slow: readonly string[]
  /** What its author should know. */
  readonly warnings: readonly string[]
  /** The predicate over the row `d0` that it is for this caller; null where that takes a document that is not known. */
  readonly sql: { readonly text: string; readonly params: readonly (string | number | null)[] } | null
  /** For one document: how it comes out, with its operands. Null where no document was named. */
  readonly outcome: ExplanationPart | null
}

export interface ExplanationDefinition extends Position {
  /** `is_member(workspace)` */
  readonly signature: string
  readonly source: string
}

export interface ExplanationPart {
  readonly source: string
  /** Where that begins and ends, in the source of the rule, or of the definition: offsets in UTF-16 units. */
  readonly start: number
  readonly end: number
  /** The definition that it is a call of. */
  readonly calls: string | null
  /** The definition in whose body it stands; null for the rule itself. */
  readonly definition: string | null
  readonly result: Truth
  readonly operator: '&&' | '||' | null
  readonly operands: readonly ExplanationPart[]
  /** What it looked at: `doc.author_id`, `auth.id`. */
  readonly values: Readonly<Record<string, JsonValue>>
}

export interface ExplanationSql {
  readonly text: string
  readonly params: readonly { readonly value: SqlValue; readonly meaning: string }[]
  readonly plan: readonly string[]
  /** Whether an index finds documents. */
  readonly uses_index: boolean
  /** How much is read for a page: no more than that; documents in order until it is full; all that match; the whole collection. */
  readonly reads: ListReads
  /** The plan in sentences. */
  readonly words: readonly string[]
  /** Indexes that would be used: with all of them less is read. */
  readonly indexes: readonly SuggestedIndex[]
  /** The plan in sentences with these indexes; empty where there are none. */
  readonly after: readonly string[]
  /** Why an index does not help, or not enough. */
  readonly obstacles: readonly string[]
}

export interface ExplanationDocument {
  readonly id: string | null
  /** What the server would answer. */
  readonly answer: DryRunResponse
  readonly allowed: boolean
  /** Why not, a sentence each; empty where it is allowed. */
  readonly reasons: readonly string[]
}
