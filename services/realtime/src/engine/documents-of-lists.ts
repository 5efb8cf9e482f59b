import type { Database } from '@koyalite/sqlite'
import type { LiveShape } from './shape-table'
import { type FoundDocument, foundDocument } from './window'

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
    /** What `given` is a JSON array of: keys of documents as they are now, or rows of the change log. */
    readonly of: 'keys' | 'rows'
    readonly given: string
  },
): ReadonlyMap<number, DocumentsOfList> {
  const text = shape.membership(question.of)
  const rows = database.all({ text, params: [`[${question.lists.join(',')}]`, question.given] })
  const lists = new Map<number, DocumentsOfList>()
  let ids = NO_DOCUMENTS.id
  for (const row of rows) {
    const document = foundDocument(row.slice(0, -1))
    /** What lists that had the same before have with this one. */
    const joined = new Map<DocumentsOfList, DocumentsOfList>()
    for (const index of JSON.parse(row.at(-1) as string) as readonly number[]) {
      const before = lists.get(index) ?? NO_DOCUMENTS
      let after = joined.get(before)
      if (!after) {
        after = { id: ++ids, found: [...before.found, document] }
        joined.set(before, after)
      }
      lists.set(index, after)
    }
  }
  return lists
}
