import type { Change, EventCause } from '@koyalite/contracts'
import type { Database } from '@koyalite/sqlite'
import { eventId } from '../event-id'
import { deletionsAfter } from '../store/changed-documents'
import { loggedValues, type Values } from './document-shape'
import { documentName, type Shapes } from './document-states'

/** Entries of the log that are looked through in one turn of the event loop. */
const STEP = 500

/** A field that follows the deletion of the document which it names. */
interface Link {
  readonly field: string
  readonly target: string
  readonly onDelete: 'cascade' | 'set null'
}

/** A statement's entries of the log, as far as they were looked through. */
interface Statement {
  readonly at: number
  readonly first: number
  readonly deletions: Map<string, { readonly seq: number; readonly cause: EventCause }>
  scannedTo: number
  isWhole: boolean
}

/**
 * Which deletion a foreign key has followed, for somebody who reads the log in order. The log does not say it, but shows it: SQLite logs what a deletion leads
 * to before the deletion itself, and all entries of a statement have one time.
 */
export class DeletionCauses {
  readonly #database: Pick<Database, 'all'>
  readonly #links: ReadonlyMap<string, readonly Link[]>
  /** Collections whose deletions others follow. */
  readonly #targets: readonly string[]
  #statement: Statement | null = null

  constructor(database: Pick<Database, 'all'>, shapes: Shapes) {
    this.#database = database
    this.#links = new Map([...shapes.keys()].map((name) => [name, linksOf(shapes, name)]))
    this.#targets = [...new Set([...this.#links.values()].flat().map(({ target }) => target))]
  }

  /** Null of a change that was made for itself. @param after the document as the change left it */
  async of(change: Change, shapes: Shapes, after: Values | null): Promise<EventCause | null> {
    const names = this.#candidates(change, shapes, after)
    if (names.length === 0) return null
    const statement = this.#statementOf(change)
    for (;;) {
      for (const name of names) {
        const found = statement.deletions.get(name)
        if (found !== undefined && found.seq > change.seq) return found.cause
      }
      if (statement.isWhole) return null
      if (statement.scannedTo - statement.first >= STEP) await new Promise(setImmediate)
      this.#scan(statement)
    }
  }

  /** Documents by name whose deletion it may have followed. */
  #candidates({ collection, op, old }: Change, shapes: Shapes, after: Values | null): readonly string[] {
    const shape = shapes.get(collection)
    const links = this.#links.get(collection) ?? []
    if (old === null || shape === undefined || links.length === 0) return []
    const before = loggedValues(shape, old)
    return links.flatMap(({ field, target, onDelete }) => {
      const docId = before[field]
      const isFollowed = op === 'delete' ? onDelete === 'cascade' : onDelete === 'set null' && after?.[field] === null
      if (!isFollowed || (typeof docId !== 'string' && typeof docId !== 'number')) return []
      return [documentName({ collection: target, docId })]
    })
  }

  #statementOf({ seq, at }: Change): Statement {
    const last = this.#statement
    if (last !== null && last.at === at && last.first <= seq) return last
    const statement = { at, first: seq, deletions: new Map(), scannedTo: seq, isWhole: false }
    this.#statement = statement
    return statement
  }

  #scan(statement: Statement): void {
    const { rows, last } = deletionsAfter(this.#database, statement, { collections: this.#targets, limit: STEP })
    for (const { seq, collection, docId, at } of rows) {
      const cause = { id: eventId({ seq, at }), type: `${collection}.deleted`, collection, key: docId }
      statement.deletions.set(documentName({ collection, docId }), { seq, cause })
    }
    statement.isWhole = last === null
    statement.scannedTo = last ?? statement.scannedTo
  }
}

function linksOf(shapes: Shapes, name: string): readonly Link[] {
  return [...(shapes.get(name)?.collection.fields ?? [])].flatMap(([field, { references }]) => {
    if (references === undefined || references.onDelete === 'restrict') return []
    // The log knows documents by their keys.
    if (shapes.get(references.collection)?.collection.primaryKey.name !== references.field) return []
    return [{ field, target: references.collection, onDelete: references.onDelete }]
  })
}
