import { AppError } from '@koyalite/contracts'
import type { Collection } from '@koyalite/schema'
import { type FieldPath, type PathScope, resolvePath } from '../filter/field-path'
import { LIMITS } from './limits'

export interface SortKey {
  readonly path: FieldPath
  readonly descending: boolean
}

/**
 * The order that `-created_at,title` states. The last key is always the collection's, in the direction of the one before it, so that
 * the order is total. Throws INVALID_SORT.
 */
export function parseSort(
  scope: Omit<PathScope, 'code'>,
  collection: Collection,
  text: string | null,
): readonly SortKey[] {
  const pathScope: PathScope = { ...scope, code: 'INVALID_SORT' }
  const keys: SortKey[] = []
  for (const part of text === null ? [] : text.split(',')) {
    if (keys.length === LIMITS.sortKeys) throw invalid(`A sort has at most ${LIMITS.sortKeys} fields.`)
    const descending = part.startsWith('-')
    const name = descending ? part.slice(1) : part
    if (name === '') throw invalid(`A sort has the form -created_at,title, but '${text}' has an empty name.`)
    const [, field, direction] = /^(.+)[: ](asc|desc)$/i.exec(name) ?? []
    if (direction !== undefined) {
      const instead = direction.toLowerCase() === 'desc' ? `-${field}` : field
      throw invalid(`A sort has the form -created_at,title: write '${instead}' instead of '${name}'.`)
    }
    const path = resolvePath(pathScope, collection, name)
    if (path.field.type === 'blob') throw invalid(`'${name}' is a blob, which cannot be sorted.`)
    if (path.field.type === 'json' && path.json.length === 0) {
      throw invalid(`'${name}' is json, which cannot be sorted; sort by a path into it, like '${name}.key'.`)
    }
    if (keys.some((key) => key.path.text === name)) throw invalid(`'${name}' is listed twice in the sort.`)
    keys.push({ path, descending })
  }
  const decisive = keys.findIndex((key) => isKey(key, collection))
  if (decisive !== -1) return keys.slice(0, decisive + 1)
  return [...keys, { path: keyPath(collection), descending: keys.at(-1)?.descending ?? false }]
}

/** `-created_at,title`, with the key; the same for all ways to write the same order. */
export function formatSort(sort: readonly SortKey[]): string {
  return sort.map((key) => (key.descending ? '-' : '') + key.path.text).join(',')
}

function isKey(key: SortKey, collection: Collection): boolean {
  return key.path.references.length === 0 && key.path.field === collection.primaryKey
}

function keyPath(collection: Collection): FieldPath {
  const field = collection.primaryKey
  return { text: field.name, root: collection, references: [], collection, field, json: [] }
}

function invalid(message: string): AppError {
  return new AppError('INVALID_SORT', message)
}
