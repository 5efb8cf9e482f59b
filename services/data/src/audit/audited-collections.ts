import type { Schema } from '@koyalite/schema'

/** The collections that are marked `audit: true`, and those through which one comes to them. All are empty where none is. */
export interface AuditedCollections {
  readonly names: ReadonlySet<string>
  /** Collections from which a read can follow references to audited documents, and they themselves. */
  readonly shownBy: ReadonlySet<string>
  /** Collections a write of which can change audited documents, by `onDelete` too. */
  readonly changedBy: ReadonlySet<string>
}

export function auditedCollections(schema: Schema): AuditedCollections {
  const names = new Set([...schema.collections.values()].filter(({ audit }) => audit).map(({ name }) => name))
  const references = [...schema.collections.values()].flatMap(({ name, fields }) =>
    [...fields.values()].flatMap(({ references }) => (references ? [{ from: name, ...references }] : [])),
  )
  const ways = references.flatMap(({ from, collection }): Way[] => [
    [from, collection],
    [collection, from],
  ])
  const cascades = references
    .filter(({ onDelete }) => onDelete !== 'restrict')
    .map(({ from, collection }): Way => [collection, from])
  return { names, shownBy: leadingTo(names, ways), changedBy: leadingTo(names, cascades) }
}

type Way = readonly [from: string, to: string]

/** The goals, and everything from which ways lead to one. */
function leadingTo(goals: ReadonlySet<string>, ways: readonly Way[]): ReadonlySet<string> {
  const found = new Set(goals)
  // A set that grows while it is walked is walked to its end.
  for (const name of found) for (const [from, to] of ways) if (to === name) found.add(from)
  return found
}
