import type { LiveRoute } from '@koyalite/query'
import type { Collection, JsonValue } from '@koyalite/schema'
import { addTo, eachOf, type Few, removeFrom } from './few'
import type { LiveGroup } from './live-group'

/** The groups that a document of one collection may matter to, by values that it must have: field → value → groups. SPEC.md, R1. */
export class GroupIndex {
  readonly collection: Collection
  readonly #byField = new Map<string, Map<JsonValue, Few<LiveGroup>>>()
  /** Those that name no value. */
  readonly #rest = new Set<LiveGroup>()

  constructor(collection: Collection) {
    this.collection = collection
  }

  get isEmpty(): boolean {
    return this.#rest.size === 0 && this.#byField.size === 0
  }

  /** Names of the fields whose values matter. */
  get fields(): readonly string[] {
    return [...this.#byField.keys()]
  }

  /** The groups that every document matters to. */
  get rest(): Iterable<LiveGroup> {
    return this.#rest
  }

  add(group: LiveGroup, route: LiveRoute): void {
    if (route === null) {
      this.#rest.add(group)
      return
    }
    for (const { field, value } of route) {
      let byValue = this.#byField.get(field.name)
      if (!byValue) {
        byValue = new Map()
        this.#byField.set(field.name, byValue)
      }
      byValue.set(value, addTo(byValue.get(value) ?? null, group))
    }
  }

  remove(group: LiveGroup, route: LiveRoute): void {
    this.#rest.delete(group)
    for (const { field, value } of route ?? []) {
      const byValue = this.#byField.get(field.name)
      const left = removeFrom(byValue?.get(value) ?? null, group)
      if (left === null) byValue?.delete(value)
      else byValue?.set(value, left)
      if (byValue?.size === 0) this.#byField.delete(field.name)
    }
  }

  having(field: string, value: JsonValue): Iterable<LiveGroup> {
    return eachOf(this.#byField.get(field)?.get(value) ?? null)
  }
}
