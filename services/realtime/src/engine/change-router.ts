import type { Change } from '@koyalite/contracts'
import type { Collection, JsonValue } from '@koyalite/schema'
import type { Database } from '@koyalite/sqlite'
import { currentDocuments, type Document } from '../store/current-rows'
import type { LiveGroup } from './live-group'
import type { Key } from './window'

/** The groups that follow one collection. */
interface Followers {
  readonly collection: Collection
  /** By a value that all of their documents have in a field. */
  readonly byField: Map<string, Map<JsonValue, Set<LiveGroup>>>
  /** Those whose query names no such value. */
  readonly rest: Set<LiveGroup>
}

/**
 * Finds the groups that a change may matter to, by an index: collection → field = value → groups, the rest beside it. A change matters
 * where the document has the value now, or had it before. SPEC.md, section R.
 */
export class ChangeRouter {
  readonly #database: Database
  readonly #followers = new Map<string, Followers>()
  /** Groups that look at documents of a collection that are not the listed ones. */
  readonly #lookers = new Map<string, Set<LiveGroup>>()

  constructor(database: Database) {
    this.#database = database
  }

  add(group: LiveGroup): void {
    for (const set of this.#setsOf(group)) set.add(group)
    for (const name of group.query.looksAt) addTo(this.#lookers, name, group)
  }

  remove(group: LiveGroup): void {
    const { collection, route, looksAt } = group.query
    for (const name of looksAt) removeFrom(this.#lookers, name, group)
    const followers = this.#followers.get(collection.name)
    if (!followers) return
    followers.rest.delete(group)
    if (route !== null) {
      const byValue = followers.byField.get(route.field.name)
      for (const value of route.values) if (byValue) removeFrom(byValue, value, group)
      if (byValue?.size === 0) followers.byField.delete(route.field.name)
    }
    if (followers.rest.size === 0 && followers.byField.size === 0) this.#followers.delete(collection.name)
  }

  route(changes: readonly Change[]): void {
    for (const [name, ofCollection] of Map.groupBy(changes, ({ collection }) => collection)) {
      const last = ofCollection.at(-1)?.seq ?? 0
      for (const group of this.#lookers.get(name) ?? []) group.touchAll(last)
      const followers = this.#followers.get(name)
      if (followers) this.#routeTo(followers, ofCollection)
    }
  }

  #routeTo(followers: Followers, changes: readonly Change[]): void {
    const { collection, byField, rest } = followers
    const byKey = Map.groupBy(changes, ({ docId }) => docId)
    for (const [key, ofDocument] of byKey) {
      const seq = ofDocument.at(-1)?.seq ?? 0
      for (const group of rest) group.touch(key, seq)
    }
    if (byField.size === 0) return
    const current = currentDocuments(this.#database, collection, [...byKey.keys()])
    const fields = [...byField].map(([name, byValue]) => ({ name, column: columnOf(collection, name), byValue }))
    for (const [key, ofDocument] of byKey) {
      const seq = ofDocument.at(-1)?.seq ?? 0
      const olds = ofDocument.flatMap(({ old }) => (old === null ? [] : [JSON.parse(old) as Document]))
      for (const { name, column, byValue } of fields) {
        const values = new Set(olds.map((old) => old[column]))
        values.add(current.get(key)?.[name])
        for (const value of values) touchAllOf(byValue.get(value ?? null), key, seq)
      }
    }
  }

  #setsOf({ query: { collection, route } }: LiveGroup): Set<LiveGroup>[] {
    let followers = this.#followers.get(collection.name)
    if (!followers) {
      followers = { collection, byField: new Map(), rest: new Set() }
      this.#followers.set(collection.name, followers)
    }
    if (route === null) return [followers.rest]
    let byValue = followers.byField.get(route.field.name)
    if (!byValue) {
      byValue = new Map()
      followers.byField.set(route.field.name, byValue)
    }
    const values = byValue
    return route.values.map((value) => setAt(values, value))
  }
}

function touchAllOf(groups: ReadonlySet<LiveGroup> | undefined, key: Key, seq: number): void {
  if (groups) for (const group of groups) group.touch(key, seq)
}

function columnOf(collection: Collection, field: string): string {
  return collection.fields.get(field)?.column ?? field
}

function setAt<K>(map: Map<K, Set<LiveGroup>>, key: K): Set<LiveGroup> {
  let set = map.get(key)
  if (!set) {
    set = new Set()
    map.set(key, set)
  }
  return set
}

function addTo<K>(map: Map<K, Set<LiveGroup>>, key: K, group: LiveGroup): void {
  setAt(map, key).add(group)
}

function removeFrom<K>(map: Map<K, Set<LiveGroup>>, key: K, group: LiveGroup): void {
  const set = map.get(key)
  set?.delete(group)
  if (set?.size === 0) map.delete(key)
}
