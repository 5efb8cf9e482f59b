import type { Change } from '@koyalite/contracts'
import type { LiveRoute } from '@koyalite/query'
import type { Collection, JsonValue, Schema } from '@koyalite/schema'
import type { Database } from '@koyalite/sqlite'
import { currentDocuments, type Document } from '../store/current-rows'
import { GroupIndex } from './group-index'
import type { LiveGroup } from './live-group'
import { Pending } from './pending'
import { ShowingGroups } from './showing-groups'
import { isNameable, type Key } from './window'

/**
 * Finds the groups that a change may matter to, by indexes over the values that the document has now, or had before. SPEC.md, section R.
 */
export class ChangeRouter {
  readonly #database: Database
  readonly #schema: Schema
  /** By collection, the groups whose list it is. */
  readonly #followers = new Map<string, GroupIndex>()
  /** The groups that look at documents of a collection that are not the listed ones. */
  readonly #dependents = new Map<string, GroupIndex>()
  /** The groups whose documents show those of a collection that they refer to. */
  readonly #showing: ShowingGroups

  constructor(database: Database, schema: Schema) {
    this.#database = database
    this.#schema = schema
    this.#showing = new ShowingGroups(database)
  }

  add(group: LiveGroup): void {
    const { shape, route, looksAt } = group.list
    this.#showing.add(group)
    this.#add(this.#followers, shape.collection, group, route)
    for (const { collection, terms } of looksAt) {
      const looked = this.#schema.collections.get(collection)
      if (looked) this.#add(this.#dependents, looked, group, terms)
    }
  }

  remove(group: LiveGroup): void {
    const { shape, route, looksAt } = group.list
    this.#showing.remove(group)
    remove(this.#followers, shape.collection.name, group, route)
    for (const { collection, terms } of looksAt) remove(this.#dependents, collection, group, terms)
  }

  route(changes: readonly Change[]): void {
    for (const [name, ofCollection] of Map.groupBy(changes, ({ collection }) => collection)) {
      this.#showing.route(name, ofCollection)
      const followers = this.#followers.get(name)
      const dependents = this.#dependents.get(name)
      const collection = (followers ?? dependents)?.collection
      if (!collection) continue
      const byKey = Map.groupBy(ofCollection, ({ docId }) => docId)
      const fields = new Set([...(followers?.fields ?? []), ...(dependents?.fields ?? [])])
      const current = fields.size === 0 ? null : currentDocuments(this.#database, collection, [...byKey.keys()])
      for (const [key, ofDocument] of byKey) {
        if (!isNameable(key)) {
          // Which document it is does not show: whatever may have it reads its page.
          const { seq } = ofDocument.at(-1) as Change
          for (const index of [dependents, followers]) for (const group of index?.all() ?? []) group.touchAll(seq)
          continue
        }
        const pending = pendingOf(key, ofDocument)
        const values = current === null ? NONE : valuesOf(collection, fields, ofDocument, current.get(key))
        if (dependents) for (const group of touched(dependents, values)) group.touchAll(pending.seq)
        if (followers) for (const group of touched(followers, values)) group.touch(pending)
      }
    }
  }

  #add(indexes: Map<string, GroupIndex>, collection: Collection, group: LiveGroup, route: LiveRoute): void {
    let index = indexes.get(collection.name)
    if (!index) {
      index = new GroupIndex(collection)
      indexes.set(collection.name, index)
    }
    index.add(group, route)
  }
}

type Values = ReadonlyMap<string, ReadonlySet<JsonValue>>

const NONE: Values = new Map()

function remove(indexes: Map<string, GroupIndex>, name: string, group: LiveGroup, route: LiveRoute): void {
  const index = indexes.get(name)
  index?.remove(group, route)
  if (index?.isEmpty) indexes.delete(name)
}

/** Some of them perhaps twice. */
function* touched(index: GroupIndex, values: Values): Iterable<LiveGroup> {
  yield* index.rest
  for (const [field, ofField] of values) for (const value of ofField) yield* index.having(field, value)
}

function pendingOf(key: Key, changes: readonly Change[]): Pending {
  const [first, last] = [changes[0] as Change, changes.at(-1) as Change]
  const oldLength = changes.reduce((sum, { old }) => sum + (old?.length ?? 0), 0)
  return Pending.ofDocument(key, { from: first.seq, seq: last.seq, oldLength })
}

/** What a document has in these fields, and what it had. What a change says nothing of is in a later one, or is there now. */
function valuesOf(
  collection: Collection,
  fields: ReadonlySet<string>,
  changes: readonly Change[],
  current: Document | undefined,
): Values {
  const olds = changes.flatMap(({ old }) => (old === null ? [] : [JSON.parse(old) as Document]))
  const values = new Map<string, Set<JsonValue>>()
  for (const name of fields) {
    const column = collection.fields.get(name)?.column ?? name
    const ofField = new Set<JsonValue>(olds.filter((old) => column in old).map((old) => old[column] ?? null))
    if (current) ofField.add(current[name] ?? null)
    values.set(name, ofField)
  }
  return values
}
