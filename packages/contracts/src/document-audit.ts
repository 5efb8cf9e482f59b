import type { Actor } from './actor'
import { type AuditEvent, auditedActor } from './audit'
import type { ChangeNote } from './change'

/** Who reads or writes documents, and by which request; null where none is known. */
export interface AuditedCaller {
  readonly actor: Actor
  readonly ip: string | null
  readonly requestId: string | null
  /** Of what they write. */
  readonly note?: ChangeNote
}

/** A read of documents of one collection that is marked `audit: true`. */
export interface DocumentRead {
  /** By key; as a list; as groups of them; from now on, as a live list; as a dump. */
  readonly how: 'read' | 'listed' | 'aggregated' | 'followed' | 'exported'
  readonly collection: string
  /** What was asked for: of a list its parameters. */
  readonly query: string | null
  /** The collection that was asked for where these documents came with its own: expanded, or looked at by a filter or sort. */
  readonly through?: string
  /** Keys of the documents that were given, where the response tells them. */
  readonly keys?: readonly (string | number)[]
  /** How many were given; null where the response does not tell, as of those that a filter looks at. */
  readonly documents: number | null
}

/** A change of a document of a collection that is marked `audit: true`. */
export interface DocumentWrite {
  readonly how: 'created' | 'updated' | 'deleted'
  readonly collection: string
  readonly key: string | number
  /** Values by field, of an update only those that differ; null before there was a document, and after. */
  readonly before: Readonly<Record<string, unknown>> | null
  readonly after: Readonly<Record<string, unknown>> | null
}

export function documentRead(caller: AuditedCaller, read: DocumentRead): AuditEvent {
  const { how, collection, query, through, keys = [], documents } = read
  const isOne = how === 'read' && through === undefined
  return {
    event: `document.${how}`,
    ...callerOf(caller),
    target: isOne
      ? { kind: 'document', id: String(keys[0]), name: collection }
      : { kind: 'collection', id: collection },
    details: { collection, ...(through === undefined ? {} : { through }), query, documents, keys },
  }
}

export function documentWrite(caller: AuditedCaller, write: DocumentWrite): AuditEvent {
  const { how, collection, key, before, after } = write
  return {
    event: `document.${how}`,
    ...callerOf(caller),
    target: { kind: 'document', id: String(key), name: collection },
    details: { collection, before, after },
  }
}

function callerOf({ actor, ip, requestId }: AuditedCaller): Omit<AuditEvent, 'event'> {
  return { outcome: 'success', ...auditedActor(actor), ip: ip || null, requestId: requestId || null }
}
