import type { Change } from '@koyalite/contracts'
import { type DocumentShape, loggedDocument, loggedValues, type Values } from './document-shape'

/** A document before a change and after it; null: there was none. */
export interface ChangedStates {
  readonly before: Values | null
  readonly after: Values | null
}

export type Shapes = ReadonlyMap<string, DocumentShape>
type LoggedChange = Pick<Change, 'seq' | 'collection' | 'op' | 'docId' | 'old'>

export function documentName({ collection, docId }: Pick<Change, 'collection' | 'docId'>): string {
  return `${typeof docId} ${docId} ${collection}`
}

/**
 * What changes made of documents, walking back from the last one: an update says what the fields were that it changed, a deletion what all of them were. So
 * what a change has left in a field is in the next change that has this field, or in `ends`.
 * @param changes of a range of the log, all of these documents
 * @param ends documents after the last of the changes, by `documentName`
 * @returns by the number of the change
 */
export function statesOf(
  shapes: Shapes,
  changes: readonly LoggedChange[],
  ends: ReadonlyMap<string, Values>,
): ReadonlyMap<number, ChangedStates> {
  const present = new Map<string, Values | null>(ends)
  const states = new Map<number, ChangedStates>()
  for (const change of changes.toReversed()) {
    const shape = shapes.get(change.collection)
    if (shape === undefined) continue
    const name = documentName(change)
    const after = present.get(name) ?? null
    const before = stateBefore(shape, change, after)
    states.set(change.seq, { before, after })
    present.set(name, before)
  }
  return states
}

function stateBefore(shape: DocumentShape, { op, old }: LoggedChange, after: Values | null): Values | null {
  if (op === 'insert' || old === null) return null
  return op === 'delete' ? loggedDocument(shape, old) : { ...after, ...loggedValues(shape, old) }
}

/** What documents were at a number of the log, from the changes after it, oldest first, and the documents of a moment after those. */
export class EarlierDocuments {
  readonly #shapes: Shapes
  readonly #known = new Map<string, { values: Values; isWhole: boolean }>()
  readonly #gone = new Set<string>()

  constructor(shapes: Shapes) {
    this.#shapes = shapes
  }

  /** Whether later changes say nothing more of it. */
  isSettled(name: string): boolean {
    return this.#gone.has(name) || this.#known.get(name)?.isWhole === true
  }

  add(change: LoggedChange): void {
    const name = documentName(change)
    const shape = this.#shapes.get(change.collection)
    if (shape === undefined || this.isSettled(name)) return
    const known = this.#known.get(name)
    if (change.op === 'insert' || change.old === null) {
      this.#gone.add(name)
      return
    }
    // What an earlier change says holds: it is nearer to the number.
    const isWhole = change.op === 'delete'
    const values = isWhole ? loggedDocument(shape, change.old) : loggedValues(shape, change.old)
    this.#known.set(name, { values: { ...values, ...known?.values }, isWhole })
  }

  /** @param present null: there is none now */
  at(name: string, present: Values | null): Values | null {
    if (this.#gone.has(name)) return null
    const known = this.#known.get(name)
    if (known?.isWhole) return known.values
    return present === null ? null : { ...present, ...known?.values }
  }
}
