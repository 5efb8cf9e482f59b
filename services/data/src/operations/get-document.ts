import { compileGet, documentText, parseGetQuery } from '@koyalite/query'
import { type Caller, type DataContext, modelNamed, notFound, requireVisible } from '../data-context'
import { etagOf } from '../etag'

export interface FoundDocument {
  /** JSON text, with the fields and expansions that were asked for. */
  readonly document: string
  /** Validator of the whole document, whatever part of it was asked for. */
  readonly etag: string
}

/** One document by its key. Throws NOT_FOUND, INVALID_REQUEST. */
export function getDocument(
  context: DataContext,
  caller: Caller,
  name: string,
  id: string,
  params: URLSearchParams | null,
): FoundDocument {
  const model = modelNamed(context, name)
  const { collection } = model
  const key = model.parseKey(id)
  requireVisible(caller, collection, 'read', id)
  const query = parseGetQuery(context.schema, collection, params ?? NO_PARAMS, caller.access.read)
  const row = context.database.get(
    caller.access.bind(compileGet(context.schema, collection, key, query, caller.access.read)),
  )
  if (!row) throw notFound(collection, id)
  const document = documentText(row[0])
  // The whole document has a column of its own only where something else was asked for.
  return { document, etag: etagOf(row.length === 1 ? document : (row[1] as string)) }
}

const NO_PARAMS = new URLSearchParams()
