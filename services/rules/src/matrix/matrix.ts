import type { Operation, Position } from '@koyalite/schema'

/** Who may do what. The wire format of the admin API. */
export interface Matrix {
  readonly actors: readonly MatrixActor[]
  readonly collections: readonly MatrixCollection[]
}

export interface MatrixActor {
  readonly id: string
  readonly name: string
  readonly about: string
}

export interface MatrixCollection {
  readonly collection: string
  /** The field that says who owns a document; null where rules know no owner. */
  readonly owner: string | null
  readonly operations: readonly { readonly operation: Operation; readonly cells: readonly MatrixCell[] }[]
  /** The fields that not everybody may read and write who may read and write the document. */
  readonly fields: readonly MatrixField[]
}

export interface MatrixField {
  readonly field: string
  readonly read: readonly MatrixCell[]
  readonly write: readonly MatrixCell[]
}

/** For one column of the matrix. */
export interface MatrixCell {
  readonly actor: string
  /** `none`: there is nobody of this class here. */
  readonly comes_to: 'always' | 'never' | 'depends' | 'bypassed' | 'none'
  /** Of `depends`: what is left to hold. One of the permits, and all else. */
  readonly conditions: readonly MatrixCondition[]
}

export interface MatrixCondition extends Position {
  readonly kind: 'permit' | 'restrict' | 'field'
  /** The policy's; null for the short form of a rule. */
  readonly name: string | null
  /** The rule's: writing a document that is there takes reading it. */
  readonly operation: Operation
  readonly about: 'stored' | 'resulting'
  /** What is left of it for these callers, in the words of the rule. */
  readonly condition: string
}
