import type { Collection, Schema } from '@koyalite/schema'

const ACTIONS = ['created', 'updated', 'deleted'] as const

/** An event that documents of a collection cause. */
export interface DocumentEvent {
  readonly collection: Collection
  readonly type: string
}

/** What may happen to documents, of all that patterns name. */
export function documentEvents(schema: Schema, patterns: readonly string[]): readonly DocumentEvent[] {
  return [...schema.collections.values()].flatMap((collection) =>
    ACTIONS.map((action) => ({ collection, type: `${collection.name}.${action}` })).filter(({ type }) =>
      patterns.some((pattern) => matchesPattern(pattern, type)),
    ),
  )
}

/** The patterns that name nothing of documents. */
export function otherPatterns(schema: Schema, patterns: readonly string[]): readonly string[] {
  return patterns.filter((pattern) => documentEvents(schema, [pattern]).length === 0)
}

function matchesPattern(pattern: string, type: string): boolean {
  return pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : type === pattern
}
