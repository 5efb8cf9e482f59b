import { joinOperands, quoteName, quoteText, type SqlValue } from '@koyalite/contracts'
import { type Access, compileMatching, type DeferredSql, type MatchingQuery } from '@koyalite/query'
import type { Collection, Schema } from '@koyalite/schema'

const ROW = 'd0'

/** Which documents of a collection a write is about: those with these keys, or those that match. */
export interface TargetedDocuments {
  readonly query: MatchingQuery
  /** In the form in which they are stored; null: all that match. */
  readonly keys: readonly SqlValue[] | null
}

function condition({ query, keys }: TargetedDocuments, access: Access): DeferredSql {
  const matching = compileMatching(query, access.read, ROW)
  if (keys === null) return matching
  const key = `${ROW}.${quoteName(query.collection.primaryKey.column)}`
  return {
    text: `${key} IN (SELECT "value" FROM json_each(?)) AND (${matching.text})`,
    params: [JSON.stringify(keys), ...matching.params],
  }
}

/** The keys in order, after one of them, and at most so many. */
export function selectKeys(
  targeted: TargetedDocuments,
  access: Access,
  { after, limit }: { readonly after: SqlValue; readonly limit: number },
): DeferredSql {
  const { table, primaryKey } = targeted.query.collection
  const { text, params } = condition(targeted, access)
  const key = `${ROW}.${quoteName(primaryKey.column)}`
  const [isAfter, given] = after === null ? ['1', []] : [`${key} > ?`, [after]]
  return {
    text: `SELECT ${key} FROM ${quoteName(table)} AS ${ROW} WHERE ${isAfter} AND (${text}) ORDER BY ${key} LIMIT +?`,
    params: [...given, ...params, limit],
  }
}

export function countTargeted(targeted: TargetedDocuments, access: Access): DeferredSql {
  const { text, params } = condition(targeted, access)
  return { text: `SELECT count(*) FROM ${quoteName(targeted.query.collection.table)} AS ${ROW} WHERE ${text}`, params }
}

/** A field of a collection that refers to another, or to the same. */
interface Edge {
  readonly source: Collection
  readonly column: string
  readonly target: Collection
  /** Null: the primary key. */
  readonly targetColumn: string | null
  readonly onDelete: 'cascade' | 'set null' | 'restrict'
}

/**
 * What deleting documents would do, without doing it. Rows: what (`deleted`, `changed` by `set null`, or `restrict`: what
 * still refers to them), collection, how many documents. Documents that refer to each other in circles are counted once.
 */
export function countDeletion(schema: Schema, targeted: TargetedDocuments, access: Access): DeferredSql {
  const { collection } = targeted.query
  const { text, params } = condition(targeted, access)
  const key = `${ROW}.${quoteName(collection.primaryKey.column)}`
  const edges = edgesOf(schema)
  const reached = new Set([collection.name])
  // Iterating over a set includes what is added meanwhile.
  for (const name of reached) {
    for (const { source, target, onDelete } of edges)
      if (target.name === name && onDelete === 'cascade') reached.add(source.name)
  }
  const concerned = edges.filter(({ target }) => reached.has(target.name))
  const first = `SELECT ${quoteText(collection.name)}, ${key} FROM ${quoteName(collection.table)} AS ${ROW} WHERE ${text}`
  const cascades = concerned.filter(({ onDelete }) => onDelete === 'cascade').map(selectReferring)
  const others = concerned
    .filter(({ onDelete }) => onDelete !== 'cascade')
    .map((edge) => {
      const what = edge.onDelete === 'restrict' ? 'restrict' : 'changed'
      const name = quoteText(edge.source.name)
      return `SELECT '${what}', ${name}, count(*) FROM (SELECT DISTINCT * FROM (${selectReferring(edge)}) AS "referring"
        WHERE NOT EXISTS (SELECT 1 FROM "gone" WHERE "gone"."collection" = ${name} AND "gone"."key" = "referring"."key"))`
    })
  return {
    text: `WITH RECURSIVE "gone" ("collection", "key") AS (${[first, ...cascades].join(' UNION ')})
      ${[`SELECT 'deleted', "collection", count(*) FROM "gone" GROUP BY "collection"`, ...others].join(' UNION ALL ')}`,
    params,
  }
}

/** The documents that refer by a field to what is gone. */
function selectReferring({ source, column, target, targetColumn }: Edge): string {
  const referring = `"s".${quoteName(column)}`
  const on =
    targetColumn === null
      ? `${referring} = "gone"."key"`
      : `${referring} = (SELECT "t".${quoteName(targetColumn)} FROM ${quoteName(target.table)} AS "t" WHERE "t".${quoteName(target.primaryKey.column)} = "gone"."key")`
  return `SELECT ${quoteText(source.name)} AS "collection", "s".${quoteName(source.primaryKey.column)} AS "key"
    FROM "gone" JOIN ${quoteName(source.table)} AS "s" ON ${joinOperands([`"gone"."collection" = ${quoteText(target.name)}`, on], ' AND ')}`
}

function edgesOf({ collections }: Schema): readonly Edge[] {
  return [...collections.values()].flatMap((source) =>
    [...source.fields.values()].flatMap((field): Edge[] => {
      const target = field.references && collections.get(field.references.collection)
      if (!field.references || !target) return []
      const referred = target.fields.get(field.references.field)
      const targetColumn = referred === undefined || referred.primary ? null : referred.column
      return [{ source, column: field.column, target, targetColumn, onDelete: field.references.onDelete }]
    }),
  )
}
