import { formatSeq } from '@koyalite/contracts'
import { type ApiResponse, etagOf } from '@koyalite/kernel'
import type { Collection } from '@koyalite/schema'
import type { Caller } from '../caller'
import { type DataContext, modelOf } from '../data-context'
import type { Written } from '../operations/write-documents'
import type { WriteOutcome } from '../operations/write-outcome'

export const OUTCOME_STATUS: Readonly<Record<WriteOutcome['kind'], number>> = {
  created: 201,
  updated: 200,
  unchanged: 200,
  deleted: 204,
}

/** The response to one write, with the document. */
export function writeResponse(context: DataContext, { value, ...written }: Written<WriteOutcome>): ApiResponse {
  const { kind, document } = value
  const etag = document === null ? undefined : etagOf(document)
  return { status: OUTCOME_STATUS[kind], body: document, headers: writeHeaders(context, written, etag) }
}

/**
 * The response to one write without the document: with the Location of a new one, and the ETag if the caller may read
 * it.
 */
export function minimalResponse(
  context: DataContext,
  { value: { kind, document }, ...written }: Written<WriteOutcome>,
  { caller, collection: name }: { readonly caller: Caller; readonly collection: string },
): ApiResponse {
  if (document === null) return { status: OUTCOME_STATUS[kind], body: null, headers: writeHeaders(context, written) }
  const { collection } = modelOf(context, name)
  const etag = isReadable(caller, collection, document) ? etagOf(document) : undefined
  const headers = { ...writeHeaders(context, written, etag), 'preference-applied': 'return=minimal' }
  if (kind !== 'created') return { status: 204, body: null, headers }
  return { status: 201, body: null, headers: { ...headers, location: locationOf(collection, document) } }
}

/** Headers of every response to a read or write of documents. */
export function documentHeaders(context: DataContext, seq: number, etag?: string): Record<string, string> {
  const headers: Record<string, string> = { 'koyalite-seq': formatSeq(context.database.feed.epoch, seq) }
  if (etag !== undefined) headers.etag = etag
  return headers
}

/** The same for a write; of an operator's with the id by which it can be undone. */
export function writeHeaders(
  context: DataContext,
  { seq, action }: Pick<Written<unknown>, 'seq' | 'action'>,
  etag?: string,
): Record<string, string> {
  const headers = documentHeaders(context, seq, etag)
  if (action !== undefined) headers['koyalite-action'] = action
  return headers
}

/** Where the writer may not read the document, a write returns only its key. */
function isReadable({ access }: Caller, collection: Collection, document: string): boolean {
  const { kind } = access.read.rows(collection)
  return kind === 'all' || (kind === 'where' && Object.keys(JSON.parse(document)).length > 1)
}

function locationOf({ name, primaryKey }: Collection, document: string): string {
  const key = String((JSON.parse(document) as Readonly<Record<string, string | number>>)[primaryKey.name])
  // A key that begins with `~`, or could be a word of the API (`live`), needs the prefix to be taken as a key.
  const escaped = /^(~|[a-z]+$)/.test(key) ? `~${key}` : key
  return `/api/collections/${name}/${encodeURIComponent(escaped)}`
}
