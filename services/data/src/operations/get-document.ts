import type { DocumentRead as AuditedRead, Reads, Sql } from '@koyalite/contracts'
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
export function getDocument(target: DocumentTarget, read: DocumentRead): FoundDocument | Promise<FoundDocument> {
  const { context, caller } = target
  requireVisible(target, 'read')
  const found = findDocument(context.database, target, documentStatement(target, read.query))
  const audited = auditedGet(target, read, found)
  return audited.length === 0 ? found : recordReads(context, caller, audited).then(() => found)
}

export function documentStatement({ context, caller: { access }, model, key }: DocumentTarget, query: GetQuery): Sql {
  return access.bind(compileGet(context.schema, model.collection, key, query, access.read))
}

/** The document that a statement finds for its key. Throws NOT_FOUND. */
export function findDocument(source: Reads, { model, key, id }: DocumentTarget, statement: Sql): FoundDocument {
  const row = source.get(statement)
  if (!row) {
    verifyNotThere(source, model.collection, key)
    throw notFound(model.collection, id)
  }
  const document = documentText(row[0])
  // The whole document has a column of its own only where something else was asked for.
  return { document, whole: row.length === 1 ? document : (row[1] as string) }
}

/** What the audit log is to have of it. */
export function auditedGet(
  { context, model: { collection }, key }: DocumentTarget,
  { query, asked }: DocumentRead,
  { document }: FoundDocument,
): readonly AuditedRead[] {
  if (!context.audited.shownBy.has(collection.name)) return []
  return auditedReads(
    context,
    { ...query, collection, condition: EVERYTHING, sort: [] },
    { how: 'read', asked, keys: [key as string | number], texts: [document] },
  )
}
