import { type AuditedCaller, type DocumentRead, documentRead } from '@koyalite/contracts'
import { type AggregateQuery, collectionsShown, type Expansion, type ListQuery } from '@koyalite/query'
import type { DataContext } from '../data-context'

/** The part of a query that decides which collections are looked at. */
export type AskedQuery = Pick<ListQuery, 'collection' | 'condition' | 'sort' | 'projection'>

/** What a read returned. */
export interface ReadResult {
  readonly how: 'read' | 'listed'
  /** The request's parameters as text; null if there are none. */
  readonly asked: string | null
  /** Keys of the documents, and their JSON texts in the same order. */
  readonly keys: readonly (string | number)[]
  readonly texts: readonly string[]
}

/**
 * The audited collections that a read touches: its own documents, expanded ones, and those that filters and sorts look
 * at.
 */
export function auditedReads(context: DataContext, query: AskedQuery, result: ReadResult): readonly DocumentRead[] {
  const { names } = context.audited
  const { collection, projection } = query
  const shown = [...collectionsShown(context.schema, query)].filter((name) => names.has(name))
  const expanded = keysOfExpanded(projection.expand, result.texts)
  return shown.map((name): DocumentRead => {
    const common = { how: result.how, collection: name, query: result.asked }
    const others = expanded.get(name)
    if (name !== collection.name) {
      return { ...common, through: collection.name, keys: others?.keys ?? [], documents: others?.documents ?? null }
    }
    // Documents of the collection itself that were reached through a relation belong to the same read.
    const keys = [...new Set([...result.keys, ...(others?.keys ?? [])])]
    return { ...common, keys, documents: result.keys.length + (others?.documents ?? 0) }
  })
}

/** The audited collections whose documents an aggregate counts or looks at. Which documents those are it does not tell. */
export function auditedAggregate(
  { schema, audited }: DataContext,
  query: AggregateQuery,
  asked: string | null,
): readonly DocumentRead[] {
  const { name } = query.collection
  return [...collectionsShown(schema, query)]
    .filter((shown) => audited.names.has(shown))
    .map((shown): DocumentRead => {
      const read = { how: 'aggregated', collection: shown, query: asked, documents: null } as const
      return shown === name ? read : { ...read, through: name }
    })
}

/** Records reads before anything is returned: what cannot be recorded is not returned. */
export async function recordReads(
  { database, audit }: DataContext,
  caller: AuditedCaller,
  reads: readonly DocumentRead[],
): Promise<void> {
  if (reads.length === 0) return
  await database.write((tx) => {
    for (const read of reads) audit.record(tx, documentRead(caller, read))
  })
}

interface Expanded {
  readonly keys: (string | number)[]
  documents: number
}

function keysOfExpanded(expand: readonly Expansion[], texts: readonly string[]): ReadonlyMap<string, Expanded> {
  const found = new Map<string, Expanded>()
  if (expand.length > 0) for (const text of texts) walk(JSON.parse(text), expand, found)
  return found
}

function walk(document: unknown, expand: readonly Expansion[], found: Map<string, Expanded>): void {
  for (const { relation, projection } of expand) {
    const { collection } = projection
    const value = isObject(document) ? document[relation.name] : null
    for (const inner of Array.isArray(value) ? value : [value]) {
      if (!isObject(inner)) continue
      const known = found.get(collection.name) ?? { keys: [], documents: 0 }
      found.set(collection.name, known)
      known.documents++
      const key = inner[collection.primaryKey.name]
      if (typeof key === 'string' || typeof key === 'number') known.keys.push(key)
      walk(inner, projection.expand, found)
    }
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
