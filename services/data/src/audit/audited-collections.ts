import type { Schema } from '@koyalite/schema'

/** The collections marked `audit: true`, and those that lead to them. All sets are empty where none is marked. */
export interface AuditedCollections {
  readonly names: ReadonlySet<string>
  /** Collections whose reads can follow references to audited documents, and the audited ones themselves. */
  readonly shownBy: ReadonlySet<string>
  /** Collections whose writes can change audited documents, also through `onDelete`. */
  readonly changedBy: ReadonlySet<string>
}

export function auditedCollections(schema: Schema): AuditedCollections {
  const names = new Set([...schema.collections.values()].filter(({ audit }) => audit).map(({ name }) => name))
  const references = [...schema.collections.values()].flatMap(({ name, fields }) =>
    [...fields.values()].flatMap(({ references }) => (references ? [{ from: name, ...references }] : [])),
  )
  const edges = references.flatMap(({ from, collection }): Edge[] => [
    [from, collection],
    [collection, from],
  ])
  const cascades = references
    .filter(({ onDelete }) => onDelete !== 'restrict')
    .map(({ from, collection }): Edge => [collection, from])
  return { names, shownBy: leadingTo(names, edges), changedBy: leadingTo(names, cascades) }
}

type Edge = readonly [from: string, to: string]

/** The goals, and everything from which edges lead to one. */
function leadingTo(goals: ReadonlySet<string>, edges: readonly Edge[]): ReadonlySet<string> {
  const found = new Set(goals)
  // Iterating over a set includes what is added meanwhile.
  for (const name of found) for (const [from, to] of edges) if (to === name) found.add(from)
  return found
}
