import { compareText, type LiveRange } from '@koyalite/query'
import type { JsonValue } from '@koyalite/schema'

type Bound = string | number

interface Entry<T> {
  readonly member: T
  /** What it is sorted by. */
  readonly bound: Bound
  /** The bound on the other side. */
  readonly other: Bound | null
}

/** Ranges of one field, each with what follows it: finds those that a value is in without looking at the others. */
export class RangeIndex<T> {
  /** Those with a lower bound, by it. */
  readonly #from: Entry<T>[] = []
  /** Those with an upper bound only, by it. */
  readonly #to: Entry<T>[] = []

  get isEmpty(): boolean {
    return this.#from.length + this.#to.length === 0
  }

  add(member: T, { from, to }: LiveRange): void {
    if (from !== null) insert(this.#from, { member, bound: from, other: to })
    else if (to !== null) insert(this.#to, { member, bound: to, other: null })
  }

  remove(member: T, { from, to }: LiveRange): void {
    if (from !== null) drop(this.#from, member, from)
    else if (to !== null) drop(this.#to, member, to)
  }

  *all(): Iterable<T> {
    for (const { member } of this.#from) yield member
    for (const { member } of this.#to) yield member
  }

  /** Those with a range that the value is in, its bounds included. */
  *having(value: JsonValue): Iterable<T> {
    if (typeof value !== 'string' && typeof value !== 'number') return
    for (let index = placeAfter(this.#from, value) - 1; index >= 0; index--) {
      const { member, other } = this.#from[index] as Entry<T>
      if (other === null || compare(value, other) <= 0) yield member
    }
    for (let index = placeBefore(this.#to, value); index < this.#to.length; index++) {
      yield (this.#to[index] as Entry<T>).member
    }
  }
}

function insert<T>(entries: Entry<T>[], entry: Entry<T>): void {
  entries.splice(placeAfter(entries, entry.bound), 0, entry)
}

function drop<T>(entries: Entry<T>[], member: T, bound: Bound): void {
  const start = placeBefore(entries, bound)
  const index = entries.findIndex((entry, at) => at >= start && entry.member === member)
  if (index !== -1) entries.splice(index, 1)
}

/** How many have a bound below the value. */
function placeBefore<T>(entries: readonly Entry<T>[], value: Bound): number {
  return count(entries, (bound) => compare(bound, value) < 0)
}

/** How many have a bound that is not above the value. */
function placeAfter<T>(entries: readonly Entry<T>[], value: Bound): number {
  return count(entries, (bound) => compare(bound, value) <= 0)
}

/** Of sorted entries, how many at their beginning are so. */
function count<T>(entries: readonly Entry<T>[], isSo: (bound: Bound) => boolean): number {
  let [low, high] = [0, entries.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (isSo((entries[middle] as Entry<T>).bound)) low = middle + 1
    else high = middle
  }
  return low
}

/** As SQLite compares what a field holds: values of one kind. */
function compare(a: Bound, b: Bound): number {
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b)
  return Number(a) - Number(b)
}
