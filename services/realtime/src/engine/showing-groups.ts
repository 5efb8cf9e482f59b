import type { Change } from '@koyalite/contracts'
import type { ShownReference } from '@koyalite/query'
import type { Database } from '@koyalite/sqlite'
import { referringKeys } from '../store/referring-keys'
import type { LiveGroup } from './live-group'
import { Pending } from './pending'
import { isNameable, type Key, type Window } from './window'

/** More changed documents, or more windows to look into, and it is shorter to read the lists. */
const MAX_CHANGED = 64
const MAX_WINDOWS = 64

/**
 * Groups whose documents show others that they refer to. A change of one of those changes how documents of the window look that refer to
 * it, and nothing else: they are as good as changed. SPEC.md, R3.
 */
export class ShowingGroups {
  readonly #database: Database
  /** By collection, then by the name of the list's collection and its field. */
  readonly #byReference = new Map<
    string,
    Map<string, { readonly shown: ShownReference; readonly groups: Set<LiveGroup> }>
  >()

  constructor(database: Database) {
    this.#database = database
  }

  add(group: LiveGroup): void {
    for (const shown of group.list.shows) {
      const references = this.#byReference.get(shown.collection) ?? new Map()
      this.#byReference.set(shown.collection, references)
      const name = nameOf(group, shown)
      const known = references.get(name) ?? { shown, groups: new Set() }
      references.set(name, known)
      known.groups.add(group)
    }
  }

  remove(group: LiveGroup): void {
    for (const shown of group.list.shows) {
      const references = this.#byReference.get(shown.collection)
      const name = nameOf(group, shown)
      const groups = references?.get(name)?.groups
      groups?.delete(group)
      if (groups?.size === 0) references?.delete(name)
      if (references?.size === 0) this.#byReference.delete(shown.collection)
    }
  }

  /** `changes` are of this collection. */
  route(collection: string, changes: readonly Change[]): void {
    const references = this.#byReference.get(collection)
    if (!references) return
    const changed = [...new Set(changes.map(({ docId }) => docId))]
    const seq = changes.at(-1)?.seq ?? 0
    for (const { shown, groups } of references.values()) this.#touch(groups, shown, { changed, seq })
  }

  #touch(
    groups: Iterable<LiveGroup>,
    { field }: ShownReference,
    { changed, seq }: { readonly changed: readonly Key[]; readonly seq: number },
  ): void {
    const pendings = new Map<Key, Pending>()
    const ofWindows = new Map<Window, readonly Pending[]>()
    const pendingOf = (key: Key): Pending => {
      const pending = pendings.get(key) ?? Pending.ofDocument(key, { from: seq, seq })
      pendings.set(key, pending)
      return pending
    }
    for (const group of groups) {
      const { window } = group
      const { collection, count } = group.list.shape
      let known = window === null ? undefined : ofWindows.get(window)
      // A total is not counted on by documents that were there and still are.
      const isKnowable =
        window !== null && !group.isReading && !count && changed.length <= MAX_CHANGED && changed.every(isNameable)
      if (!isKnowable || (known === undefined && ofWindows.size === MAX_WINDOWS)) {
        group.touchAll(seq)
        continue
      }
      if (known === undefined) {
        const keys = window.entries.map(({ key }) => key)
        known = referringKeys(this.#database, collection, { keys, field, to: changed }).map(pendingOf)
        ofWindows.set(window, known)
      }
      for (const pending of known) group.touch(pending)
    }
  }
}

function nameOf({ list }: LiveGroup, { field }: ShownReference): string {
  return `${list.shape.collection.name}.${field.name}`
}
