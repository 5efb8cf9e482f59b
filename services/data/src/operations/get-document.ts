import { compileGet, documentText, EVERYTHING, type GetQuery } from '@koyalite/query'
import { auditedReads, recordReads } from '../audit/audited-read'
import { notFound, verifyNotThere } from '../missing-document'
import { type DocumentTarget, requireVisible } from './target-document'

export interface FoundDocument {
  /** JSON text, with the fields and expansions that were asked for. */
  readonly document: string
  /** JSON text of the whole document as the caller may see it, whatever part of it was asked for. */
  readonly whole: string
}

export interface DocumentRead {
  readonly query: GetQuery
  /** The request's parameters, for the audit log; null if there are none. */
  readonly asked: string | null
}

/** Reads one document by its key; synchronously, unless the read must be audited first. Throws NOT_FOUND. */
export function getDocument(
  target: DocumentTarget,
  { query, asked }: DocumentRead,
): FoundDocument | Promise<FoundDocument> {
  const { context, caller, model, key, id } = target
  const { collection } = model
  requireVisible(target, 'read')
  const row = context.database.get(
    caller.access.bind(compileGet(context.schema, collection, key, query, caller.access.read)),
  )
  if (!row) {
    verifyNotThere(context.database, collection, key)
    throw notFound(collection, id)
  }
  const document = documentText(row[0])
  // The whole document has a column of its own only where something else was asked for.
  const found = { document, whole: row.length === 1 ? document : (row[1] as string) }
  if (!context.audited.shownBy.has(collection.name)) return found
  const reads = auditedReads(
    context,
    { ...query, collection, condition: EVERYTHING, sort: [] },
    { how: 'read', asked, keys: [key as string | number], texts: [document] },
  )
  return recordReads(context, caller, reads).then(() => found)
}
