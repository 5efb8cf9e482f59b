import type { Database } from '@koyalite/sqlite'
import { type ChangeHead, changeHeads, changesBySeq, lastSeq, presentTexts } from '../store/changed-documents'
import type { Values } from './document-shape'
import { type ChangedStates, documentName, EarlierDocuments, type Shapes, statesOf } from './document-states'

/** How much of the log and of its documents is worked out at once. */
export interface HistoryBounds {
  /** Numbers of the log. */
  readonly changes: number
  /** Of what was before these changes, and of the documents as they are now: each. */
  readonly bytes: number
}

const BOUNDS: HistoryBounds = { changes: 10_000, bytes: 8 * 1024 * 1024 }
/** Documents that one statement reads. */
const KEYS = 50
/** Changes whose `old` one statement reads. */
const OLDS = 200
/** Numbers of the log that are looked through in one turn of the event loop: about 5 ms. */
const SPAN = 5_000

interface Window {
  readonly first: number
  readonly last: number
  readonly states: ReadonlyMap<number, ChangedStates>
}

/**
 * What documents were at each change of the log, for somebody who follows it. It is worked out for a stretch of the log at once, so that many changes of one
 * document cost no more than changes of many; what changed after the stretch is looked through once for all of it.
 */
export class ChangeHistory {
  readonly #database: Database
  readonly #bounds: HistoryBounds
  #shapes: Shapes
  #window: Window | null = null

  constructor(database: Database, shapes: Shapes, bounds: HistoryBounds = BOUNDS) {
    this.#database = database
    this.#shapes = shapes
    this.#bounds = bounds
  }

  /** From now on documents look like this. */
  use(shapes: Shapes): void {
    this.#shapes = shapes
    this.#window = null
  }

  /** @param seq of a durable change; null where it is of a collection without a shape */
  async at(seq: number): Promise<ChangedStates | null> {
    let window = this.#window
    if (window === null || seq < window.first || seq > window.last) {
      window = await this.#load(seq)
      this.#window = window
    }
    return window.states.get(seq) ?? null
  }

  async #load(first: number): Promise<Window> {
    const shapes = this.#shapes
    // Beyond what is durable, numbers may yet be given to other changes.
    const durable = Math.max(first, this.#database.durablePosition().seq)
    const range = { first, last: Math.min(durable, first + this.#bounds.changes - 1) }
    const found = changeHeads(this.#database, range, [...shapes.keys()])
    const heads = within(found, ({ oldBytes }) => oldBytes, this.#bounds.bytes)
    // Before the changes after the stretch: whatever is committed in between, they say what it was.
    const present = this.#presentOf(shapes, heads)
    const next = heads.findIndex((head) => !present.has(documentName(head)))
    const taken = next === -1 ? heads : heads.slice(0, next)
    const last = taken.length === found.length ? range.last : (taken.at(-1)?.seq ?? first)
    const seqs = taken.map(({ seq }) => seq)
    const changes = inChunks(seqs, OLDS).flatMap((some) => changesBySeq(this.#database, some))
    const ends = await this.#documentsAt(last, shapes, { names: new Set(taken.map(documentName)), present })
    return { first, last, states: statesOf(shapes, changes, ends) }
  }

  /** Documents of the changes as they are now, in the order of the changes, until they are too many bytes. Null: there is none. */
  #presentOf(shapes: Shapes, heads: readonly ChangeHead[]): ReadonlyMap<string, Values | null> {
    const distinct = [...new Map(heads.map((head) => [documentName(head), head])).values()]
    const present = new Map<string, Values | null>()
    let bytes = 0
    for (const some of inChunks(distinct, KEYS)) {
      for (const [name, ofCollection] of Map.groupBy(some, ({ collection }) => collection)) {
        const shape = shapes.get(name)
        if (shape === undefined) continue
        const texts = presentTexts(
          this.#database,
          shape.collection,
          ofCollection.map(({ docId }) => docId),
        )
        for (const head of ofCollection) {
          const text = texts.get(head.docId)
          bytes += text?.length ?? 0
          present.set(documentName(head), text === undefined ? null : (JSON.parse(text) as Values))
        }
      }
      if (bytes > this.#bounds.bytes) return present
    }
    return present
  }

  /** The documents as they were at a number of the log. */
  async #documentsAt(
    seq: number,
    shapes: Shapes,
    { names, present }: { readonly names: ReadonlySet<string>; readonly present: ReadonlyMap<string, Values | null> },
  ): Promise<ReadonlyMap<string, Values>> {
    const earlier = new EarlierDocuments(shapes)
    const matters = (head: ChangeHead) => names.has(documentName(head)) && !earlier.isSettled(documentName(head))
    for (let first = seq + 1, end = lastSeq(this.#database); first <= end; first += SPAN) {
      const span = { first, last: Math.min(first + SPAN - 1, end) }
      const seqs = changeHeads(this.#database, span, [...shapes.keys()])
        .filter(matters)
        .map((head) => head.seq)
      for (const some of inChunks(seqs, OLDS)) {
        for (const change of changesBySeq(this.#database, some)) earlier.add(change)
      }
      if (span.last < end) await new Promise(setImmediate)
    }
    const found = [...names].flatMap((name) => {
      const values = earlier.at(name, present.get(name) ?? null)
      return values === null ? [] : [[name, values] as const]
    })
    return new Map(found)
  }
}

/** As many from the beginning as have so many bytes together, and at least one. */
function within<T>(items: readonly T[], bytesOf: (item: T) => number, max: number): readonly T[] {
  let bytes = 0
  const end = items.findIndex((item, index) => {
    bytes += bytesOf(item)
    return bytes > max && index > 0
  })
  return end === -1 ? items : items.slice(0, end)
}

function inChunks<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, n) => items.slice(n * size, (n + 1) * size))
}
