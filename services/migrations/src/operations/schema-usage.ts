import type { SuggestedIndex } from '@koyalite/contracts'
import { type Collection, indexesOf, type Schema, suggestIndex } from '@koyalite/schema'
import type { Database } from '@koyalite/sqlite'
import { tableSizes } from '../store/table-sizes'

/** What lists have done, as packages above this one know it. */
export interface QueryUse {
  /** Plans in sentences, one for each shape. */
  plans(): Promise<readonly (readonly string[])[]>
  slowest(limit: number): Promise<
    readonly {
      readonly shape: string
      readonly count: number
      readonly totalMs: number
      readonly advice: { readonly indexes: readonly SuggestedIndex[] } | null
    }[]
  >
}

/** `lists`: a list was read by it. `constraint`: it keeps values unique. `reference`: deletes look through it. */
export type IndexUse = 'lists' | 'constraint' | 'reference' | 'none_seen'

const MAX_SLOW = 50

/** Sizes of collections, which of their indexes are used, and which are missing. */
export async function schemaUsage({
  database,
  schema,
  queries,
}: {
  readonly database: Database
  readonly schema: Schema
  readonly queries: QueryUse
}) {
  const sizes = await tableSizes(database)
  const plans = await queries.plans()
  const used = new Set(plans.flat().flatMap(indexesIn))
  const slow = await queries.slowest(MAX_SLOW)
  const collections = [...schema.collections.values()].map((collection) => {
    const indexes = indexesOf(collection).map(({ name, columns, unique }) => ({
      ...{ name, fields: columns.map((column) => fieldOf(collection, column)), unique },
      ...{ bytes: sizes?.get(name) ?? 0, use: useOf({ name, columns, unique }, collection, used) },
    }))
    return {
      ...{ name: collection.name, bytes: sizes?.get(collection.table) ?? 0, indexes },
      index_bytes: indexes.reduce((sum, { bytes }) => sum + bytes, 0),
      suggestions: suggestionsFor(schema, collection, slow),
    }
  })
  return { collections, lists: plans.length, sizes_known: sizes !== null }
}

function useOf(
  { name, columns, unique }: { readonly name: string; readonly columns: readonly string[]; readonly unique: boolean },
  collection: Collection,
  used: ReadonlySet<string>,
): IndexUse {
  if (used.has(name)) return 'lists'
  if (unique) return 'constraint'
  const first = [...collection.fields.values()].find(({ column }) => column === columns[0])
  return first?.references === undefined ? 'none_seen' : 'reference'
}

function fieldOf({ fields }: Collection, column: string): string {
  return [...fields.values()].find((field) => field.column === column)?.name ?? column
}

/** A sentence says `the index posts.author_id;` where it names one. */
function indexesIn(sentence: string): readonly string[] {
  return [...sentence.matchAll(/\bindex(?:es on)? ([\w.]+\w)/gi)].flatMap(([, name]) =>
    name === undefined ? [] : [name],
  )
}

function suggestionsFor(schema: Schema, collection: Collection, slow: Awaited<ReturnType<QueryUse['slowest']>>) {
  const found = new Map<string, { fields: string[]; name: string; line: string; shape: string; mean_ms: number }>()
  for (const { shape, count, totalMs, advice } of slow) {
    for (const index of advice?.indexes ?? []) {
      if (index.collection !== collection.name || found.has(index.fields.join())) continue
      const { line } = suggestIndex(schema, collection, index.fields)
      const name = /name: (\w+)/.exec(line)?.[1] ?? ''
      found.set(index.fields.join(), { fields: [...index.fields], name, line, shape, mean_ms: totalMs / count })
    }
  }
  return [...found.values()]
}
