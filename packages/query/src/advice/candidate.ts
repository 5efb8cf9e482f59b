import type { SuggestedIndex } from '@koyalite/contracts'
import { type Collection, createIndexSql, type Field, type Schema, suggestIndex } from '@koyalite/schema'

/** An index that there might be. */
export interface Candidate {
  readonly collection: Collection
  readonly fields: readonly Field[]
  /** No two documents have the same values of the fields. */
  readonly unique?: true
}

/** The statements that make candidates. No index of a schema has such a name. */
export function candidateSql(candidates: readonly Candidate[]): readonly string[] {
  return candidates.map(({ collection: { table, position }, fields, unique = false }, number) => {
    const columns = fields.map(({ column }) => column)
    return createIndexSql({ name: candidateName(number), columns, order: 'asc', unique, position }, table)
  })
}

export function candidateName(number: number): string {
  return `${PREFIX}${number}`
}

export function isCandidate(index: string): boolean {
  return index.startsWith(PREFIX)
}

const PREFIX = '_koyalite_candidate_'

/** A candidate as schema.yaml has it. */
export function suggested(schema: Schema, { collection, fields }: Candidate): SuggestedIndex {
  return suggestIndex(
    schema,
    collection,
    fields.map(({ name }) => name),
  )
}
