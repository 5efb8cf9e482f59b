import type { ErrorDetail } from '../errors'
import type { JsonValue } from '../json-value'
import type { Tx } from '../tx'
import type { JobChain } from './job-queue'

/** Something that happened, for those who asked to be notified: `posts.created`, `job.dead`, `orders.paid`. */
export interface ProjectEvent {
  /** Unique, and the same each time it is delivered. No dots. */
  readonly id: string
  readonly type: string
  /** `epoch.n` of the commit; null for events that are no change of a document. */
  readonly seq: string | null
  /** ISO. */
  readonly at: string
  /** Of a change of a document. */
  readonly change: DocumentChange | null
  /** Of all other events. */
  readonly data: JsonValue
  readonly chain: JobChain | null
}

export interface DocumentChange {
  readonly collection: string
  readonly key: string | number
  /** As the API shows it to the system, unexpanded, as committed at `seq`; null of a deletion. Internal fields and blobs are left out. */
  readonly doc: { readonly [field: string]: JsonValue } | null
  /** What it was before; of an update all fields, too. Null of a creation. */
  readonly old: { readonly [field: string]: JsonValue } | null
}

export interface EventSubscriber {
  /** Names its cursor: the same over restarts, and nobody else's. */
  readonly name: string
  /** Of types of events; asked again after `changed`. `*` at the end of a pattern stands for anything: `orders.*`. */
  patterns(): readonly string[]
  /** In one transaction with its cursor: exactly once for each event, in commit order. Pushes jobs; reads nothing large. */
  deliver(tx: Tx, event: ProjectEvent): void
}

export interface NewEvent {
  readonly type: string
  readonly data: JsonValue
  readonly chain: JobChain | null
}

/** Events of a project. services/events/SPEC.md. */
export interface ProjectEvents {
  subscribe(subscriber: EventSubscriber): { readonly changed: () => void; readonly end: () => void }
  /** An event that is no change of a document, delivered in the transaction of what it is about. */
  publish(tx: Tx, event: NewEvent): void
  /** What is wrong with a name for an event of the project's own; empty where nothing is. */
  ownTypeProblems(type: string): readonly ErrorDetail[]
  /** Whether a subscriber may ask for events by a pattern: a message for people where it names nothing that there is. */
  patternProblem(pattern: string): string | null
  /** Delivers to one subscriber again what the change log has from a time on, as jobs: for a replay. @returns how many events */
  replay(subscriber: string, from: Date): Promise<number>
}
