import { formatSeq, type WriteResult } from '@koyalite/contracts'
import type { ApiResponse } from '@koyalite/kernel'
import type { DataContext } from '../data-context'
import type { WriteOutcome } from '../operations/write-outcome'
import { etagOf } from './etag'

export const OUTCOME_STATUS: Readonly<Record<WriteOutcome['kind'], number>> = {
  created: 201,
  updated: 200,
  unchanged: 200,
  deleted: 204,
}

/** The response to one write. */
export function writeResponse(context: DataContext, { value, seq }: WriteResult<WriteOutcome>): ApiResponse {
  const { kind, document } = value
  const etag = document === null ? undefined : etagOf(document)
  return { status: OUTCOME_STATUS[kind], body: document, headers: documentHeaders(context, seq, etag) }
}

/** Headers of every response to a read or write of documents. */
export function documentHeaders(context: DataContext, seq: number, etag?: string): Record<string, string> {
  const headers: Record<string, string> = { 'koyalite-seq': formatSeq(context.database.feed.epoch, seq) }
  if (etag !== undefined) headers.etag = etag
  return headers
}
