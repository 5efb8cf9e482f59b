import type { Key } from './window'

/**
 * Documents that have changed since some groups were last evaluated. Immutable: groups with the same pending changes share one,
 * by which they are known to be alike.
 */
export class Pending {
  readonly keys: readonly Key[]
  /** The first change, and the last one. */
  readonly from: number
  readonly seq: number
  /** Characters that the change log keeps of them. */
  readonly oldLength: number
  #next: { readonly added: Pending; readonly both: Pending } | null = null

  private constructor(parts: Pick<Pending, 'keys' | 'from' | 'seq' | 'oldLength'>) {
    this.keys = parts.keys
    this.from = parts.from
    this.seq = parts.seq
    this.oldLength = parts.oldLength
  }

  static ofDocument(key: Key, changes: { from: number; seq: number; oldLength?: number }): Pending {
    return new Pending({ keys: [key], oldLength: 0, ...changes })
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
    // A change that is reported twice counts once.
    if (keys.length === this.keys.length && added.seq <= this.seq) return this
    const oldLength = this.oldLength + added.oldLength
    return new Pending({ keys, from: this.from, seq: Math.max(this.seq, added.seq), oldLength })
  }
}
