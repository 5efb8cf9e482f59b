import { AdminApiError } from '@koyalite/client/admin'
import type { WrittenDocument } from '../../fields/documents'
import { changeDocument, type DocumentRef, readDocument, type StoredDocument } from '../../fields/documents'
import { type Json, sameJson } from '../../fields/exact-json'
import type { OperatorSession } from '../../session/operator-session'

export interface CellWrite {
  readonly ref: DocumentRef
  readonly field: string
  /** What the cell showed when it was edited; absent where that was not the whole value. */
  readonly shown: Json | undefined
  readonly value: Json
}

export type CellWritten =
  | { readonly kind: 'saved'; readonly document: WrittenDocument }
  /** The field is something else by now than what was seen: neither value is lost. */
  | { readonly kind: 'conflict'; readonly base: Json | undefined; readonly theirs: StoredDocument }

/** Somebody else may be faster more than once. */
const ATTEMPTS = 3

/**
 * Writes one field over what the operator has seen of it, and over nothing else: where others changed other fields meanwhile, it is written; where they
 * changed this one, it is not. Rejects with what the server says.
 * @param before the document as it was when editing began
 */
export async function writeCell(
  session: OperatorSession,
  { ref, field, shown, value }: CellWrite,
  before: StoredDocument,
): Promise<CellWritten> {
  const base = shown === undefined ? before.values[field] : shown
  let stored = before
  for (let attempt = 1; ; attempt++) {
    const now = stored.values[field]
    if (!sameJson(now, base) && !sameJson(now, value)) return { kind: 'conflict', base, theirs: stored }
    try {
      return {
        kind: 'saved',
        document: await changeDocument(session, ref, { values: { [field]: value }, etag: stored.etag }),
      }
    } catch (error) {
      if (!(error instanceof AdminApiError) || error.status !== 412 || attempt === ATTEMPTS) throw error
      stored = await readDocument(session, ref)
    }
  }
}
