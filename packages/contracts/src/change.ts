import type { JobChain } from './ports/job-queue'
import type { Tx } from './tx'

export type ChangeOp = 'insert' | 'update' | 'delete'

/**
 * Stands in the log in the place of a collection where an entry is no change of a document but an event (services/events): `docId` is its type, `old` the
 * rest of it. Whoever looks at all collections leaves it out.
 */
export const EVENT_ENTRIES = '_koyalite_events'

/** One committed change to one document, as the change log has it. */
export interface Change {
  readonly seq: number
  readonly collection: string
  readonly op: ChangeOp
  readonly docId: string | number
  /**
   * What was before, by column name, as JSON text, internal fields included: of a delete the whole row, of an update the columns that it changed. What the others
   * were is in the next change of the document that has them, or else in the document. Blobs are upper-case hex. Null for an insert.
   */
  readonly old: string | null
  /** Milliseconds since 1970. */
  readonly at: number
}

/** What is to be known of changes that the log does not say of them. */
export interface ChangeNote {
  /** They are no events: an import, a migration. */
  readonly silent?: true
  /** What led to them. */
  readonly chain?: JobChain
  /** The function whose call made them. */
  readonly function?: string
}

/** Notes what is to be known of the changes that a transaction has made after a number. */
export type NoteChanges = (tx: Tx, since: number, note: ChangeNote) => void

/**
 * The feed of committed changes.
 * Guarantees: changes arrive in the order of `seq`, each once, only after their commit has been synced to disk, and never inside
 * a write. A listener that throws is logged and does not stop the others.
 */
export interface ChangeFeed {
  /** Changes whenever sequence numbers of the past may be given again: unclean recovery, restore, reset. */
  readonly epoch: string
  /** The last sequence number that is committed (visible to reads). */
  readonly lastSeq: number
  /** @param collections the only ones whose changes the listener is given; by default all */
  subscribe(listener: (changes: readonly Change[]) => void, collections?: readonly string[]): () => void
  /** `listener` is notified of the published position, after all subscribers have received the changes. */
  onPublished(listener: (upTo: number) => void): () => void
  /** The committed changes of a range, oldest first. For those who look at every change: what is read here is not read again for publication. */
  read(after: number, upTo: number): readonly Change[]
  /** Changes after `seq`, oldest first; null if the log no longer reaches back that far. */
  since(seq: number, limit: number): readonly Change[] | null
}

/** `epoch.n`: the token of a state of the database that users see as Koyalite-Seq. */
export function formatSeq(epoch: string, seq: number): string {
  return `${epoch}.${seq}`
}
