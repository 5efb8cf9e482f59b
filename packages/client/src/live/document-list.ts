import type { LiveDelta } from '../ports'
import { sameValue } from './same-value'

export type DocumentKey = string | number
export type Changes = Pick<LiveDelta<object>, 'inserts' | 'updates' | 'deletes'>

/** A document as the server sends it; `after` is the key of the one before it, null: it is the first. */
export interface Placed {
  readonly key: DocumentKey
  readonly doc: object
  readonly after?: DocumentKey | null | undefined
  readonly etag?: string | undefined
}

export interface SentChanges {
  readonly deletes: readonly DocumentKey[]
  readonly inserts: readonly Placed[]
  readonly updates: readonly Placed[]
}

/** The documents of a live query in their order. What has not changed stays the same object; nothing is ever mutated. */
export class DocumentList {
  readonly #etags: WeakMap<object, string>
  #docs = new Map<DocumentKey, object>()
  #keys: DocumentKey[] = []
  #array: readonly object[] = []

  constructor(etags: WeakMap<object, string>) {
    this.#etags = etags
  }

  /** The same array until something changes. */
  get docs(): readonly object[] {
    return this.#array
  }

  /** Takes a whole list, as the difference to what is held. */
  show(list: readonly Placed[]): Changes {
    const inserts: object[] = []
    const updates: object[] = []
    const before = this.#docs
    const keys = list.map(({ key }) => key)
    this.#docs = new Map()
    for (const placed of list) {
      const held = before.get(placed.key)
      const doc = this.#current(held, placed)
      this.#docs.set(placed.key, doc)
      if (held === undefined) inserts.push(doc)
      else if (held !== doc) updates.push(doc)
    }
    const deletes = this.#keys.filter((key) => !this.#docs.has(key))
    const isSame = inserts.length === 0 && updates.length === 0 && sameValue(keys, this.#keys)
    this.#keys = keys
    if (!isSame) this.#array = [...this.#docs.values()]
    return { inserts, updates, deletes }
  }

  /**
   * Takes deletes, then inserts, then updates, each in sequence. Throws where they do not fit what is held; then the list is good
   * for nothing but `show`.
   */
  change({ deletes, inserts, updates }: SentChanges): Changes {
    for (const key of deletes) if (!this.#docs.delete(key)) throw unknown(key)
    if (deletes.length > 0) this.#keys = this.#keys.filter((key) => this.#docs.has(key))
    for (const placed of inserts) {
      if (this.#docs.has(placed.key)) throw new Error(`${placed.key} is inserted a second time`)
      this.#docs.set(placed.key, this.#current(undefined, placed))
      this.#place(placed.key, placed.after ?? null)
    }
    const changed = updates.flatMap((placed) => {
      const held = this.#docs.get(placed.key)
      if (held === undefined) throw unknown(placed.key)
      const doc = this.#current(held, placed)
      this.#docs.set(placed.key, doc)
      if (placed.after !== undefined) {
        this.#keys.splice(this.#keys.indexOf(placed.key), 1)
        this.#place(placed.key, placed.after)
      }
      return doc === held ? [] : [doc]
    })
    if (deletes.length + inserts.length + updates.length > 0) {
      this.#array = this.#keys.map((key) => this.#docs.get(key) as object)
    }
    return { inserts: inserts.map(({ doc }) => doc), updates: changed, deletes }
  }

  /** The document that is held, if the one that is sent says nothing new. */
  #current(held: object | undefined, { doc, etag }: Placed): object {
    if (held !== undefined && this.#etags.get(held) === etag && sameValue(held, doc)) return held
    if (etag !== undefined) this.#etags.set(doc, etag)
    return doc
  }

  #place(key: DocumentKey, after: DocumentKey | null): void {
    const at = after === null ? 0 : this.#keys.indexOf(after) + 1
    if (after !== null && at === 0) throw unknown(after)
    this.#keys.splice(at, 0, key)
  }
}

function unknown(key: DocumentKey): Error {
  return new Error(`${key} is not in the list`)
}
