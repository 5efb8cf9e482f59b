import { isRange, type LiveRange, type LiveRoute, type LiveTerm } from '@koyalite/query'
import type { Collection, JsonValue } from '@koyalite/schema'
import type { LiveGroup } from './live-group'
import { RangeIndex } from './range-index'
import { addTo, eachOf, removeFrom, type SmallSet } from './small-set'

/** The groups that a value of one field may matter to. */
interface OfField {
  readonly byValue: Map<JsonValue, SmallSet<LiveGroup>>
  readonly ranges: RangeIndex<LiveGroup>
}

/** The groups that a document of one collection may matter to, by values that it must have: field → value → groups. SPEC.md, R1. */
export class GroupIndex {
  readonly collection: Collection
  readonly #fields = new Map<string, OfField>()
  /** Those that name no value. */
  readonly #rest = new Set<LiveGroup>()

  constructor(collection: Collection) {
    this.collection = collection
  }

  get isEmpty(): boolean {
    return this.#rest.size === 0 && this.#fields.size === 0
  }

  /** Names of the fields whose values matter. */
  get fields(): Iterable<string> {
    return this.#fields.keys()
  }

  /** The groups that every document matters to. */
  get rest(): Iterable<LiveGroup> {
    return this.#rest
  }

  add(group: LiveGroup, route: LiveRoute): void {
    if (route === null) this.#rest.add(group)
    else for (const term of route) this.#add(group, term)
  }

  remove(group: LiveGroup, route: LiveRoute): void {
    this.#rest.delete(group)
    for (const term of route ?? []) this.#remove(group, term)
  }

  /** Some of them perhaps twice. */
  *all(): Iterable<LiveGroup> {
    yield* this.#rest
    for (const { byValue, ranges } of this.#fields.values()) {
      for (const groups of byValue.values()) yield* eachOf(groups)
      yield* ranges.all()
    }
  }

  *having(field: string, value: JsonValue): Iterable<LiveGroup> {
    const ofField = this.#fields.get(field)
    if (!ofField) return
    yield* eachOf(ofField.byValue.get(value) ?? null)
    yield* ofField.ranges.having(value)
  }

  #add(group: LiveGroup, term: LiveTerm | LiveRange): void {
    const { name } = term.field
    let ofField = this.#fields.get(name)
    if (!ofField) {
      ofField = { byValue: new Map(), ranges: new RangeIndex() }
      this.#fields.set(name, ofField)
    }
    if (isRange(term)) ofField.ranges.add(group, term)
    else ofField.byValue.set(term.value, addTo(ofField.byValue.get(term.value) ?? null, group))
  }

  #remove(group: LiveGroup, term: LiveTerm | LiveRange): void {
    const { name } = term.field
    const ofField = this.#fields.get(name)
    if (!ofField) return
    const { byValue, ranges } = ofField
    if (isRange(term)) ranges.remove(group, term)
    else {
      const left = removeFrom(byValue.get(term.value) ?? null, group)
      if (left === null) byValue.delete(term.value)
      else byValue.set(term.value, left)
    }
    if (byValue.size === 0 && ranges.isEmpty) this.#fields.delete(name)
  }
}
