import type { Collection, Field } from '@koyalite/schema'
import type { CollectionRow, CollectionRowBatches } from './collection-rows'
import { RowError } from './source-row'

export interface OrderedRows {
  readonly rows: CollectionRowBatches
  /** Whether a document was held until another had come: what is written is then not simply the beginning of the file. */
  readonly reordered: () => boolean
}

export interface ExpectedCollections {
  readonly collections: readonly Collection[]
  /** They come one after the other, so that what refers to an earlier one finds it written; otherwise in any order. */
  readonly inOrder: boolean
}

/**
 * Rows so that a document comes after those it refers to: a tree lists children before parents, a circle of collections has no right order. Only documents that
 * have to wait are kept, and the keys of what may be waited for.
 */
export function waitForReferences(batches: CollectionRowBatches, expected: ExpectedCollections): OrderedRows {
  const waiting = new Waiting(expected)
  if (!waiting.isNeeded) return { rows: batches, reordered: () => false }
  async function* rows(): AsyncGenerator<readonly CollectionRow[]> {
    for await (const batch of batches) {
      const ready: CollectionRow[] = []
      for (const row of batch) waiting.take(row, ready)
      yield ready
    }
    yield waiting.rest()
  }
  return { rows: rows(), reordered: () => waiting.hasHeld }
}

class Waiting {
  /** Whether anything may refer to what comes later. */
  readonly isNeeded: boolean
  hasHeld = false
  readonly #place: ReadonlyMap<string, number>
  /** What is referred to, as `posts.id`: only its values are kept. */
  readonly #targets: ReadonlySet<string>
  /** Values that have come, as `posts.id 7`. */
  readonly #seen = new Set<string>()
  /** Values of rows that wait themselves. */
  readonly #held = new Set<string>()
  /** Rows that wait, with the values they wait for. */
  readonly #missing = new Map<CollectionRow, Set<string>>()
  /** The same the other way round. */
  readonly #waitingFor = new Map<string, CollectionRow[]>()

  constructor({ collections, inOrder }: ExpectedCollections) {
    this.#place = new Map(collections.map(({ name }, index) => [name, inOrder ? index : 0]))
    const references = collections.flatMap((collection) =>
      referencesOf(collection).map((field) => ({ collection, field })),
    )
    this.isNeeded = references.some(({ collection, field }) => this.#isLate(collection, field))
    this.#targets = new Set(references.map(({ field }) => `${field.references.collection}.${field.references.field}`))
  }

  /** Puts the row, and whatever has waited for it, into `ready`; or keeps it. */
  take(row: CollectionRow, ready: CollectionRow[]): void {
    const missing = this.#missingOf(row)
    if (missing.size === 0) {
      this.#release(row, ready)
      return
    }
    this.hasHeld = true
    this.#missing.set(row, missing)
    for (const value of missing) this.#waitingFor.set(value, [...(this.#waitingFor.get(value) ?? []), row])
    for (const value of this.#valuesOf(row)) this.#held.add(value)
  }

  /** At the end: what is waited for and not in the file may be in the database. Throws a RowError for a circle, which nobody can begin. */
  rest(): readonly CollectionRow[] {
    const ready: CollectionRow[] = []
    for (let before = -1; before !== ready.length; ) {
      before = ready.length
      for (const [row, missing] of this.#missing) {
        if ([...missing].every((value) => !this.#held.has(value))) this.#release(row, ready)
      }
    }
    const [stuck] = this.#missing.keys()
    if (stuck === undefined) return ready
    throw new RowError(
      stuck.line,
      'is part of a circular reference: import these documents without that field and set it afterwards, or use an SQL dump',
      { file: stuck.file },
    )
  }

  #release(first: CollectionRow, ready: CollectionRow[]): void {
    const next = [first]
    for (let row = next.pop(); row !== undefined; row = next.pop()) {
      this.#missing.delete(row)
      ready.push(row)
      for (const value of this.#valuesOf(row)) {
        this.#seen.add(value)
        this.#held.delete(value)
        for (const waiter of this.#waitingFor.get(value) ?? []) {
          const missing = this.#missing.get(waiter)
          missing?.delete(value)
          if (missing?.size === 0) next.push(waiter)
        }
        this.#waitingFor.delete(value)
      }
    }
  }

  #missingOf(row: CollectionRow): Set<string> {
    const own = new Set(this.#valuesOf(row))
    const missing = new Set<string>()
    for (const field of referencesOf(row.collection)) {
      const value = row.document[field.name]
      if (value === undefined || value === null) continue
      const target = idOf(field.references.collection, field.references.field, value)
      if (own.has(target)) continue
      if (this.#held.has(target) || (this.#isLate(row.collection, field) && !this.#seen.has(target)))
        missing.add(target)
    }
    return missing
  }

  /** Whether what it refers to may come after it. */
  #isLate(collection: Collection, { references }: Reference): boolean {
    const [own, target] = [this.#place.get(collection.name), this.#place.get(references.collection)]
    return own !== undefined && target !== undefined && target >= own
  }

  #valuesOf({ collection, document }: CollectionRow): readonly string[] {
    return [...collection.fields.keys()]
      .filter((name) => this.#targets.has(`${collection.name}.${name}`) && document[name] !== undefined)
      .map((name) => idOf(collection.name, name, document[name]))
  }
}

type Reference = Field & { readonly references: NonNullable<Field['references']> }

function referencesOf(collection: Collection): readonly Reference[] {
  return [...collection.fields.values()].filter((field): field is Reference => field.references !== undefined)
}

/** UUIDs are stored in lower case; a file may have them otherwise. */
function idOf(collection: string, field: string, value: unknown): string {
  return `${collection}.${field} ${String(value).toLowerCase()}`
}
