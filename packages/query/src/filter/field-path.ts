import { AppError, type ErrorCode } from '@koyalite/contracts'
import { type Collection, didYouMean, type Field, type FieldType, type Relation, type Schema } from '@koyalite/schema'
import type { ReadAccess } from '../access/read-access'
import { type CollectionView, viewOf } from '../list/collection-view'
import { LIMITS } from '../list/limits'
import type { DeferredSql } from '../sql/deferred-sql'
import { isIndex } from '../sql/json-path'
import { comparedColumn, equality, readableColumn, rowConditions } from '../sql/readable-sql'
import { conjunction, identifier, sql } from '../sql/sql-fragment'
import { shortened } from './shortened'

export type ForwardRelation = Extract<Relation, { kind: 'forward' }>

/** A value that a clause names: a field, one behind references (`author.name`), or a place inside json (`meta.color`). */
export interface FieldPath {
  /** As the request wrote it. */
  readonly text: string
  /** The collection that is read. */
  readonly root: Collection
  /** References to follow from there. */
  readonly references: readonly ForwardRelation[]
  /** The collection that `field` belongs to. */
  readonly collection: Collection
  readonly field: Field
  /** Keys and indexes inside a json field. */
  readonly json: readonly string[]
}

/** What a clause may name, and the error code if it names something else. */
export interface PathScope {
  readonly schema: Schema
  readonly access: ReadAccess
  readonly code: ErrorCode
}

/** Returns the path that a clause names; throws an AppError where that does not exist. */
export type ResolvePath = (text: string) => FieldPath

/** Paths from a collection. */
export function pathsFrom(scope: PathScope, collection: Collection): ResolvePath {
  return (text) => resolvePath(scope, collection, text)
}

/** The path that `text` names; throws an AppError with the scope's code where that does not exist for the actor. */
export function resolvePath(scope: PathScope, collection: Collection, text: string): FieldPath {
  const fail = (message: string): never => {
    throw new AppError(scope.code, message)
  }
  const steps = text.split('.')
  const references: ForwardRelation[] = []
  let view = viewOf(scope.schema, collection, scope.access)
  for (let index = 0; ; index++) {
    const step = steps[index] as string
    const rest = steps.slice(index + 1)
    const field = view.fields.get(step)
    const relation = referenceNamed(view, step, field)
    if (rest.length === 0) {
      if (field) return { text, root: collection, references, collection: view.collection, field, json: [] }
      if (relation) return fail(relationAsField(view, relation, text))
      return fail(unknownField(view, step))
    }
    if (field?.type === 'json') {
      checkJsonSteps(rest, text, fail)
      return { text, root: collection, references, collection: view.collection, field, json: rest }
    }
    if (!relation) {
      return fail(
        field ? `'${step}' is ${aType(field)}: '${shortened(text)}' is not a valid path.` : unknownField(view, step),
      )
    }
    references.push(relation)
    if (references.length > LIMITS.pathReferences) {
      return fail(`'${shortened(text)}' follows more than ${LIMITS.pathReferences} references.`)
    }
    view = viewOf(scope.schema, relation.target, scope.access)
  }
}

/**
 * An expression over the field of a path, for the row at `alias`. Every reference on the way applies the read rules of its target:
 * where one leads nowhere, or to what the actor may not read, the expression is NULL.
 */
export function atPath(
  path: FieldPath,
  access: ReadAccess,
  alias: string,
  build: (column: DeferredSql) => DeferredSql,
): DeferredSql {
  return afterReferences(path, 0, access, alias, build)
}

/** "a string", "an int", "one of the names in an enum". */
export function aType(field: Field): string {
  const article: Record<FieldType, string> = {
    uuid: 'a uuid',
    string: 'a string',
    text: 'a text',
    int: 'an int',
    float: 'a float',
    bool: 'a bool',
    timestamp: 'a timestamp',
    date: 'a date',
    json: 'json',
    blob: 'a blob',
  }
  return article[field.type]
}

function afterReferences(
  path: FieldPath,
  index: number,
  access: ReadAccess,
  alias: string,
  build: (column: DeferredSql) => DeferredSql,
): DeferredSql {
  const relation = path.references[index]
  if (!relation) return build(readableColumn(path.collection, path.field, access, alias))
  const owner = path.references[index - 1]?.target ?? path.root
  const { field, target, targetField } = relation
  const inner = `${alias}_${index + 1}`
  const conditions = [
    equality(comparedColumn(inner, targetField), sql`= ${readableColumn(owner, field, access, alias)}`),
    ...rowConditions(target, access, inner),
  ]
  const value = afterReferences(path, index + 1, access, inner, build)
  return sql`(SELECT ${value} FROM ${identifier(target.table)} AS ${identifier(inner)} WHERE ${conjunction(conditions)})`
}

/** The reference that a step takes: by the relation's name (`author`) or by that of its field (`author_id`). */
function referenceNamed(view: CollectionView, step: string, field: Field | undefined): ForwardRelation | undefined {
  const named = view.relations.get(step)
  if (named?.kind === 'forward' && (!field || named.field === field)) return named
  if (!field?.references) return undefined
  for (const relation of view.relations.values()) {
    if (relation.kind === 'forward' && relation.field === field) return relation
  }
  return undefined
}

function checkJsonSteps(steps: readonly string[], text: string, fail: (message: string) => never): void {
  if (steps.includes('')) fail(`'${shortened(text)}' has an empty step.`)
  if (steps.length > LIMITS.jsonSteps) fail(`'${shortened(text)}' goes more than ${LIMITS.jsonSteps} steps into json.`)
  if (steps.filter(isIndex).length > LIMITS.jsonIndexes)
    fail(`'${shortened(text)}' has more than ${LIMITS.jsonIndexes} indexes.`)
}

function unknownField(view: CollectionView, step: string): string {
  const forward = [...view.relations.values()].filter((relation) => relation.kind === 'forward')
  const names = [...view.fields.keys(), ...forward.map((relation) => relation.name)]
  return `Unknown field '${shortened(step)}' of '${view.collection.name}'${didYouMean(step, names)}.`
}

function relationAsField(view: CollectionView, relation: ForwardRelation, text: string): string {
  const field = text.slice(0, text.length - relation.name.length) + relation.field.name
  return `'${relation.name}' of '${view.collection.name}' is a reference: use '${field}', or a field of the referenced document ('${text}.${relation.targetField.name}').`
}
