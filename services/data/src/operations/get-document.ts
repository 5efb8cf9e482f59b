import { compileGet, documentText, EVERYTHING, parseGetQuery } from '@koyalite/query'
import { auditedReads, recordReads } from '../audit/audited-read'
import { type Caller, type DataContext, modelNamed, notFound, requireVisible, verifyNotThere } from '../data-context'
import { etagOf } from '../etag'

export interface FoundDocument {
  /** JSON text, with the fields and expansions that were asked for. */
  readonly document: string
  /** Validator of the whole document, whatever part of it was asked for. */
  readonly etag: string
}

/** One document by its key; at once, unless the read has to be kept first. Throws NOT_FOUND, INVALID_REQUEST. */
export function getDocument(
  context: DataContext,
  caller: Caller,
  name: string,
  id: string,
  params: URLSearchParams,
): FoundDocument | Promise<FoundDocument> {
  const model = modelNamed(context, name)
  const { collection } = model
  const key = model.parseKey(id)
  requireVisible(caller, collection, 'read', id)
  const query = parseGetQuery(context.schema, collection, params, caller.access.read)
  const row = context.database.get(
    caller.access.bind(compileGet(context.schema, collection, key, query, caller.access.read)),
  )
  if (!row) {
    verifyNotThere(context.database, collection, key)
    throw notFound(collection, id)
  }
  const document = documentText(row[0])
  // The whole document has a column of its own only where something else was asked for.
  const found = { document, etag: etagOf(row.length === 1 ? document : (row[1] as string)) }
  if (!context.audited.shownBy.has(name)) return found
  const asked = { ...query, collection, condition: EVERYTHING, sort: [] }
  const reads = auditedReads(context, asked, {
    how: 'read',
    params,
    keys: [key as string | number],
    texts: [document],
  })
  return recordReads(context, caller, reads).then(() => found)
}
