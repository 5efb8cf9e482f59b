import type { Database } from '@koyalite/sqlite'
import type { LiveShape } from './shape-table'
import { type FoundDocument, foundDocument, type Key } from './window'

/** Those of some documents that a list has. Lists that have the same ones share this. */
export interface DocumentsOfList {
  /** Of no others that came out of the same question. */
  readonly id: number
  readonly found: readonly FoundDocument[]
}

export const NO_DOCUMENTS: DocumentsOfList = { id: 0, found: [] }

/** Asks, in one statement for all lists, which of some documents each has. By index; who is not there has none. */
export function documentsOfLists(
  database: Database,
  shape: LiveShape,
  question: {
    /** The parameters of each: see `LiveList`. */
    readonly lists: readonly string[]
    readonly keys: readonly Key[]
    /** The change before which they are looked at; null: as they are now. */
    readonly before: number | null
  },
): ReadonlyMap<number, DocumentsOfList> {
  const { keys, before } = question
  const text = shape.membership(before === null ? 'now' : 'before')
  const given = before === null ? keys : [before, ...keys]
  const rows = database.all({ text, params: [`[${question.lists.join(',')}]`, JSON.stringify(given)] })
  const lists = new Map<number, DocumentsOfList>()
  let ids = NO_DOCUMENTS.id
  for (const row of rows) {
    const document = foundDocument(row.slice(0, -1))
    /** What lists that had the same before have with this one. */
    const joined = new Map<DocumentsOfList, DocumentsOfList>()
    for (const index of JSON.parse(row.at(-1) as string) as readonly number[]) {
      const had = lists.get(index) ?? NO_DOCUMENTS
      let after = joined.get(had)
      if (!after) {
        after = { id: ++ids, found: [...had.found, document] }
        joined.set(had, after)
      }
      lists.set(index, after)
    }
  }
  return lists
}
