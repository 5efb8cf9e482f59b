import { AppError } from '@koyalite/contracts'
import { type Collection, didYouMean, type Schema } from '@koyalite/schema'
import type { ReadAccess } from '../access/read-access'
import { shortened } from '../filter/shortened'
import { viewOf } from './collection-view'
import { LIMITS } from './limits'
import { type Expansion, expandedCollection, type Projection } from './projection'

export interface ProjectionScope {
  readonly schema: Schema
  readonly access: ReadAccess
}

/**
 * What `fields=id,title,author.name` and `expand=author,comments.author` ask for. Only the fields that are named are shown (the key
 * too only if it is), and every relation that is expanded, whole or as far as `fields` says. Throws INVALID_REQUEST.
 */
export function parseProjection(
  scope: ProjectionScope,
  collection: Collection,
  texts: { readonly expand: string | null; readonly fields: string | null },
): Projection {
  const expand = texts.expand === null ? NOTHING : pathTree(texts.expand, 'expand', LIMITS.expandRelations)
  const fields = texts.fields === null ? null : pathTree(texts.fields, 'fields', LIMITS.fieldNames)
  return project(scope, collection, { expand, fields, prefix: '', depth: 0 })
}

/** Names and, under each, the names that stood behind a dot. */
type PathTree = ReadonlyMap<string, PathTree>

const NOTHING: PathTree = new Map()

function pathTree(text: string, parameter: string, most: number): PathTree {
  const root = new Map<string, PathTree>()
  let count = 0
  for (const path of text.split(',')) {
    let node = root
    for (const step of path.split('.')) {
      if (step === '') throw invalid(`'${parameter}' is a comma-separated list of names, but one of them is empty.`)
      let child = node.get(step) as Map<string, PathTree> | undefined
      if (!child) {
        if (++count > most) throw invalid(`'${parameter}' has more than ${most} names.`)
        child = new Map()
        node.set(step, child)
      }
      node = child
    }
  }
  return root
}

interface Level {
  readonly expand: PathTree
  readonly fields: PathTree | null
  /** `comments.` at the level below `comments`. */
  readonly prefix: string
  readonly depth: number
}

function project(scope: ProjectionScope, collection: Collection, level: Level): Projection {
  const expand = expansions(scope, collection, level)
  return { collection, fields: selection(scope, collection, level, expand), expand }
}

function expansions(scope: ProjectionScope, collection: Collection, level: Level): Expansion[] {
  const { relations } = viewOf(scope.schema, collection, scope.access)
  return [...level.expand].map(([name, below]) => {
    const relation = relations.get(name)
    if (!relation) {
      throw invalid(
        `Unknown relation '${level.prefix}${shortened(name)}' of '${collection.name}'${didYouMean(name, relations.keys())}.`,
      )
    }
    const depth = level.depth + 1
    if (depth > LIMITS.expandDepth) throw invalid(`'expand' goes at most ${LIMITS.expandDepth} relations deep.`)
    const named = level.fields?.get(name)
    const fields = named && named.size > 0 ? named : null
    const deeper = { expand: below, fields, prefix: `${level.prefix}${name}.`, depth }
    return { relation, projection: project(scope, expandedCollection(relation), deeper) }
  })
}

function selection(
  scope: ProjectionScope,
  collection: Collection,
  level: Level,
  expand: readonly Expansion[],
): ReadonlySet<string> | null {
  if (level.fields === null) return null
  const view = viewOf(scope.schema, collection, scope.access)
  const selected = new Set<string>()
  for (const [name, below] of level.fields) {
    if (expand.some(({ relation }) => relation.name === name)) continue
    const path = level.prefix + shortened(name)
    if (view.relations.has(name) && (!view.fields.has(name) || below.size > 0)) {
      throw invalid(`'${path}' is a relation: to include it, add expand=${path}.`)
    }
    if (!view.fields.has(name)) {
      const names = [...view.fields.keys(), ...view.relations.keys()]
      throw invalid(`Unknown field '${path}' of '${collection.name}'${didYouMean(name, names)}.`)
    }
    if (below.size > 0)
      throw invalid(`'${path}' can only be selected as a whole: use it without '.${[...below.keys()][0]}'.`)
    selected.add(name)
  }
  return selected
}

function invalid(message: string): AppError {
  return new AppError('INVALID_REQUEST', message)
}
