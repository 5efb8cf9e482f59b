import type { Sql } from '@koyalite/contracts'
import type { Collection, Field, Schema } from '@koyalite/schema'
import type { ReadAccess } from '../access/read-access'
import { compileList, compilePageKeys, LIST_ROOT, matchingConditions } from '../list/compile-list'
import type { ListQuery } from '../list/list-query'
import { projectedJson } from '../list/projection-sql'
import type { DeferredSql } from '../sql/deferred-sql'
import { columnOf, identifier, sql } from '../sql/sql-fragment'

/** A list to advise on, as one caller asks for it. */
export interface AdvisedList {
  readonly schema: Schema
  readonly query: ListQuery
  readonly access: ReadAccess
  /** Fills in what waits for the caller in a statement. */
  readonly bind: (sql: DeferredSql) => Sql
}

/** The work of a list in parts, each of which has a plan of its own. */
export interface ListStatements {
  /** Finds the documents of the first page. */
  readonly page: Sql
  /** Counts all that match; null where that was not asked for. */
  readonly total: Sql | null
  /** Makes the JSON of one document, with what is expanded. */
  readonly document: Sql
  /** Fields of the collection that decide which documents match. */
  readonly tested: ReadonlySet<Field>
}

export function listStatements({ schema, query, access, bind }: AdvisedList): ListStatements {
  // The first page: later ones begin where a cursor says, in the same order.
  const first: ListQuery = { ...query, after: null }
  const { collection, projection } = first
  const { total } = compileList(schema, first, access)
  const conditions = matchingConditions(first, access).map(({ text }) => text)
  // Of a table that other programs write, every key is looked at.
  const named = fieldsNamed(collection, LIST_ROOT, conditions.join(' ')).filter(
    (field) => !field.primary || !collection.untyped,
  )
  const json = projectedJson({ schema, access }, projection, LIST_ROOT)
  const [table, key] = [identifier(collection.table), columnOf(LIST_ROOT, collection.primaryKey.column)]
  return {
    page: bind(compilePageKeys(first, access)),
    total: total && bind(total),
    document: bind(sql`SELECT ${json} FROM ${table} AS ${identifier(LIST_ROOT)} WHERE ${key} = ''`),
    tested: new Set(named),
  }
}

/** The tables of a list by alias: one alias may stand for several, in subqueries beside one another. */
export function tablesOf(
  { schema }: Pick<AdvisedList, 'schema'>,
  { page, document }: Pick<ListStatements, 'page' | 'document'>,
): ReadonlyMap<string, ReadonlySet<Collection>> {
  const byTable = new Map([...schema.collections.values()].map((collection) => [collection.table, collection]))
  const found = new Map<string, Set<Collection>>()
  for (const { text } of [page, document]) {
    for (const [, table = '', alias = ''] of text.matchAll(/(?<!\.)"((?:[^"]|"")+)" AS "((?:[^"]|"")+)"/g)) {
      const collection = byTable.get(unquoted(table))
      if (collection === undefined) continue
      const tables = found.get(alias) ?? new Set()
      found.set(alias, tables.add(collection))
    }
  }
  return found
}

/** Their names in the database. */
export function tableNames(tables: ReadonlyMap<string, ReadonlySet<Collection>>): readonly string[] {
  return [...new Set([...tables.values()].flatMap((collections) => [...collections].map(({ table }) => table)))]
}

/** Whether the condition at an alias is false before any row is read: it follows a reference to what the caller may not read. */
export function isUnreadable({ access }: Pick<AdvisedList, 'access'>, alias: string, collection: Collection): boolean {
  return /^d\d+_/.test(alias) && access.rows(collection).kind === 'none'
}

/** The fields of a collection that a statement names at an alias. */
export function fieldsNamed(collection: Collection, alias: string, text: string): readonly Field[] {
  const columns = new Set(
    [...text.matchAll(/"((?:[^"]|"")+)"\."((?:[^"]|"")+)"/g)].flatMap(([, at, column = '']) =>
      at === alias ? [unquoted(column)] : [],
    ),
  )
  return [...collection.fields.values()].filter(({ column }) => columns.has(column))
}

function unquoted(name: string): string {
  return name.replaceAll('""', '"')
}
