import type { Collection, Field, Relation, Schema } from '@koyalite/schema'
import type { ReadAccess } from '../access/read-access'
import type { ForwardRelation } from '../filter/field-path'
import type { DeferredSql } from '../sql/deferred-sql'
import { comparedColumn, equality, readableColumn, rowConditions } from '../sql/readable-sql'
import { columnOf, conjunction, constant, identifier, sql } from '../sql/sql-fragment'
import { viewOf } from './collection-view'
import { documentJson, fieldEntry, type JsonEntry, jsonObject } from './document-json'
import { LIMITS } from './limits'
import { previewJson } from './preview-json'
import { type Expansion, isWhole, type Projection } from './projection'

export interface SqlScope {
  readonly schema: Schema
  readonly access: ReadAccess
}

/** The JSON of the document in the row at `alias`, with the fields and expansions of a projection. */
export function projectedJson(scope: SqlScope, projection: Projection, alias: string): DeferredSql {
  const { collection } = projection
  if (isWhole(projection)) return documentJson(collection, scope.access, alias)
  const inPlace = new Map(projection.expand.map((expansion) => [expansion.relation.name, expansion]))
  const entries: (Field | JsonEntry)[] = []
  for (const field of viewOf(scope.schema, collection, scope.access).fields.values()) {
    const expansion = inPlace.get(field.name)
    if (expansion) {
      inPlace.delete(field.name)
      entries.push({
        ...fieldEntry(collection, field, scope.access, alias),
        value: expanded(scope, collection, expansion, alias),
      })
    } else if (projection.fields === null || projection.fields.has(field.name)) {
      entries.push(field)
    }
  }
  for (const [name, expansion] of inPlace) {
    entries.push({ name, value: expanded(scope, collection, expansion, alias) })
  }
  if (projection.isPreview) return previewJson(collection, entries, { access: scope.access, alias })
  return jsonObject(
    entries.map((entry) => ('value' in entry ? entry : fieldEntry(collection, entry, scope.access, alias))),
  )
}

export type ReverseRelation = Extract<Relation, { kind: 'reverse' }>

/**
 * The keys of the newest documents that refer to the row at `alias`: those that a reverse expansion shows. Only keys are sorted, so
 * that the JSON of what does not come out is never made.
 */
export function referringKeys(
  scope: SqlScope,
  relation: ReverseRelation,
  owner: Collection,
  alias: string,
): DeferredSql {
  const { source, sourceField, field } = relation
  const inner = `${alias}_keys`
  const key = columnOf(inner, source.primaryKey.column)
  const fieldRule = scope.access.field(source, sourceField)
  const conditions = [
    equality(comparedColumn(inner, sourceField), sql`= ${readableColumn(owner, field, scope.access, alias)}`),
    ...(fieldRule.kind === 'where' ? [sql`(${fieldRule.sql(inner)})`] : []),
    ...rowConditions(source, scope.access, inner),
  ]
  return sql`SELECT ${key} AS "key" FROM ${identifier(source.table)} AS ${identifier(inner)} WHERE ${conjunction(conditions)} ORDER BY ${key} DESC LIMIT ${constant(String(LIMITS.expandArray))}`
}

/** The conditions that connect the row at `inner` with the one at `alias` that refers to it. */
export function referredConditions(
  scope: SqlScope,
  relation: ForwardRelation,
  owner: Collection,
  aliases: { readonly alias: string; readonly inner: string },
): DeferredSql {
  const { field, target, targetField } = relation
  return conjunction([
    equality(
      comparedColumn(aliases.inner, targetField),
      sql`= ${readableColumn(owner, field, scope.access, aliases.alias)}`,
    ),
    ...rowConditions(target, scope.access, aliases.inner),
  ])
}

function expanded(scope: SqlScope, owner: Collection, expansion: Expansion, alias: string): DeferredSql {
  const { relation, projection } = expansion
  const inner = `${alias}_${relation.name}`
  const document = projectedJson(scope, projection, inner)
  const table = sql`${identifier(projection.collection.table)} AS ${identifier(inner)}`
  if (relation.kind === 'forward') {
    const conditions = referredConditions(scope, relation, owner, { alias, inner })
    // A subquery's result may have lost its JSON subtype; json() restores it.
    return sql`json((SELECT ${document} FROM ${table} WHERE ${conditions}))`
  }
  // The array is in the order of the keys without sorting again: they are the outer loop, and are read as they come.
  const keys = referringKeys(scope, relation, owner, alias)
  const key = columnOf(inner, projection.collection.primaryKey.column)
  return sql`json((SELECT json_group_array(${document}) FROM (${keys}) AS "keys" CROSS JOIN ${table} ON ${key} = "keys"."key"))`
}
