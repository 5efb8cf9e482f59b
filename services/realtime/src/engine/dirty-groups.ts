import { batchLimit } from './evaluate-batch'
import type { LiveGroup } from './live-group'
import type { LiveShape } from './shape-table'

/** What is to be done next. */
export interface NextWork {
  /** Groups of one shape with the same pending work: one statement evaluates them. */
  readonly alike: readonly LiveGroup[]
  /** A group that must read its page anew. */
  readonly page: LiveGroup | null
}

/** Groups between two looks at the clock, of which some take no work. */
const MAX_LOOKED = 1000

/** The groups that changes may matter to, by shape, in the order in which they came. */
export class DirtyGroups {
  readonly #byShape = new Map<LiveShape, Set<LiveGroup>>()

  get isEmpty(): boolean {
    return this.#byShape.size === 0
  }

  add(group: LiveGroup): void {
    const { shape } = group.list
    const groups = this.#byShape.get(shape)
    if (groups === undefined) this.#byShape.set(shape, new Set([group]))
    else groups.add(group)
  }

  remove(group: LiveGroup): void {
    const { shape } = group.list
    const groups = this.#byShape.get(shape)
    groups?.delete(group)
    if (groups?.size === 0) this.#byShape.delete(shape)
  }

  clear(): void {
    this.#byShape.clear()
  }

  /** Takes groups that are alike, or one. Both are absent where none of those that were looked at had work. @param seq up to where the groups know of changes */
  take(seq: number): NextWork {
    const alike: LiveGroup[] = []
    let page: LiveGroup | null = null
    const [next] = this.#byShape
    if (next === undefined) return { alike, page }
    const [shape, groups] = next
    let looked = 0
    let pending: LiveGroup['pending'] = null
    for (const group of groups) {
      if (pending !== null && (group.pending !== pending || alike.length === batchLimit(pending, shape))) break
      if (looked++ === MAX_LOOKED) break
      groups.delete(group)
      const due = group.due(seq)
      if (due === 'page') {
        page = group
        break
      }
      if (due === 'changes') {
        alike.push(group)
        pending = group.pending
      }
    }
    // What was dropped meanwhile has taken the set away, and another may stand in its place.
    if (groups.size === 0 && this.#byShape.get(shape) === groups) this.#byShape.delete(shape)
    return { alike, page }
  }
}
