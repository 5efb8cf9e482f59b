import type { Key } from './window'

/**
 * Documents that have changed since some groups were last evaluated. Never changed itself: groups that were told the same have the same one,
 * by which they are known to be alike.
 */
export class Pending {
  readonly keys: readonly Key[]
  /** The first change, and the last one. */
  readonly from: number
  readonly seq: number
  #next: { readonly added: Pending; readonly both: Pending } | null = null

  private constructor(parts: Pick<Pending, 'keys' | 'from' | 'seq'>) {
    this.keys = parts.keys
    this.from = parts.from
    this.seq = parts.seq
  }

  static ofDocument(key: Key, { from, seq }: { from: number; seq: number }): Pending {
    return new Pending({ keys: [key], from, seq })
  }

  /** Both, this one being the earlier. */
  with(added: Pending): Pending {
    if (added === this) return this
    if (this.#next?.added !== added) this.#next = { added, both: this.#joined(added) }
    return this.#next.both
  }

  #joined(added: Pending): Pending {
    const keys = [...this.keys]
    for (const key of added.keys) if (!keys.includes(key)) keys.push(key)
    // One that is told twice is not another one.
    if (keys.length === this.keys.length && added.seq <= this.seq) return this
    return new Pending({ keys, from: this.from, seq: Math.max(this.seq, added.seq) })
  }
}
