import type { NoteChanges } from '../change'
import type { ErrorDetail } from '../errors'
import type { JsonValue } from '../json-value'
import type { Tx } from '../tx'
import type { JobChain } from './job-queue'

/** Something that happened, for those who asked to be notified: `posts.created`, `job.dead`, `orders.paid`. */
export interface ProjectEvent {
  /** Unique, and the same each time it is delivered, over restarts, restores and replays. Letters, digits and `-`. */
  readonly id: string
  readonly type: string
  /** `epoch.n` of the change; null for events that are no change of a document. */
  readonly seq: string | null
  /** ISO. */
  readonly at: string
  /** Of a change of a document. */
  readonly change: DocumentChange | null
  /** Of all other events. */
  readonly data: JsonValue
  /** What led to it. Who pushes a job for it passes this on, and drops the event, with a word in the log, where that is CHAIN_TOO_DEEP. */
  readonly chain: JobChain | null
}

export interface DocumentChange {
  readonly collection: string
  readonly key: string | number
  /** As the API shows it to the system, unexpanded, as committed at `seq`; null of a deletion. Internal fields and blobs are left out. */
  readonly doc: { readonly [field: string]: JsonValue } | null
  /** What it was before; of an update all fields, too. Null of a creation. */
  readonly old: { readonly [field: string]: JsonValue } | null
  /** The function whose call changed it. */
  readonly function: string | null
  /** The deletion that a foreign key has followed (`onDelete: cascade`, `set null`); null of a change that was made for itself. */
  readonly cause: EventCause | null
}

/** An event that has led to another one. */
export interface EventCause {
  readonly id: string
  readonly type: string
  readonly collection: string
  readonly key: string | number
}

export interface EventSubscriber {
  /** Names its cursor: the same over restarts, and nobody else's. Letters, digits, `_`. */
  readonly name: string
  /** Whose it is, for operators. */
  readonly of?: { readonly kind: 'functions' } | { readonly kind: 'webhook'; readonly name: string }
  /** Of types of events; asked again after `changed`. `*` alone, or after a dot, stands for anything: `orders.*`. Without any it costs nothing. */
  patterns(): readonly string[]
  /**
   * In one transaction with its cursor: exactly once for each event, in commit order. Pushes jobs; reads nothing large. What it throws is a fault: the event
   * is delivered again after a while, and none after it before that. After 20 times it is set aside, unless the error is one that passes (a status of 500 or
   * more, or one of the database); it is delivered once more when the server starts.
   */
  deliver(tx: Tx, event: ProjectEvent): void
}

export interface EventSubscription {
  /** For one that does not know its patterns yet: from when this resolves, what happens waits for it. */
  hold(): Promise<void>
  /** Its patterns are others; to be called once at the beginning, too. Resolves when every event from then on is delivered by them. */
  changed(): Promise<void>
  /** Delivers nothing more, and waits for what is being delivered. The next subscriber of this name goes on from here. */
  end(): Promise<void>
}

/** An event of the project's own. */
export interface NewEvent {
  readonly type: string
  /** At most 240 KB as JSON. */
  readonly data: JsonValue
  readonly chain: JobChain | null
}

/** Whether a pattern stands for a type of events: the type itself, `*`, or a beginning with `.*`. */
export function matchesEvent(pattern: string, type: string): boolean {
  return pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : pattern === type
}

/** Jobs that call functions for events have this before the name of the function. */
export const EVENT_JOBS = 'events.'

/** Events that are no changes of documents, and not the project's own either. */
export const SYSTEM_EVENTS = [
  'auth.registered',
  'auth.login',
  'auth.logout',
  'auth.email_verified',
  'auth.email_changed',
  'auth.password_changed',
  'job.dead',
  'function.failed',
  'mail.delivered',
  'mail.bounced',
  'mail.complained',
  'mail.failed',
] as const
export type SystemEventType = (typeof SYSTEM_EVENTS)[number]

export interface SystemEvent {
  readonly type: SystemEventType
  readonly data: JsonValue
  readonly chain: JobChain | null
}

export interface EventReplay {
  /** What this subscriber is still to be given anyway is left out. */
  readonly subscriber: string
  readonly from: Date
  readonly patterns: readonly string[]
  /** Called with each event, as `deliver` of a subscriber is; some twice, where it throws or the server ends meanwhile. */
  deliver(tx: Tx, event: ProjectEvent): void
}

export interface SubscriberHealth {
  readonly name: string
  /** `broken`: it fell so far behind that events were lost to it. */
  readonly state: 'live' | 'retrying' | 'broken'
  /** Entries of the change log that it has yet to pass. */
  readonly pending: number
  /** How old the first of them is; 0 without one. */
  readonly lagMs: number
  /** Of the event that cannot be delivered. */
  readonly failing: { readonly event: string; readonly error: string; readonly since: Date } | null
  /** How many events were set aside, since they could not be delivered time and again. */
  readonly setAside: number
}

/** Events of a project. services/events/SPEC.md. */
export interface ProjectEvents {
  /** It is given nothing before `changed`. */
  subscribe(subscriber: EventSubscriber): EventSubscription
  /** An event of the project's own, if the transaction commits. @throws AppError VALIDATION_ERROR for its name, PAYLOAD_TOO_LARGE */
  publish(tx: Tx, event: NewEvent): void
  /** An event of the server, if the transaction commits. Costs nothing while nobody subscribes to it, and is then not to be had later. */
  report(tx: Tx, event: SystemEvent): void
  /** Whether anybody subscribes to such events: what reports one may be left out otherwise. */
  isWanted(type: SystemEventType): boolean
  /** What is wrong with a name for an event of the project's own; empty where nothing is. */
  ownTypeProblems(type: string): readonly ErrorDetail[]
  /** Whether a subscriber may ask for events by a pattern: a message for people where it names nothing that there is. */
  patternProblem(pattern: string): string | null
  /**
   * Delivers again what the change log has from a time on. @returns how many events
   * @throws AppError VALIDATION_ERROR where the log does not reach back that far: it says how far it does
   */
  replay(replay: EventReplay): Promise<number>
  /** Of `silent` changes nobody is told. While nobody subscribes to anything, other notes are not stored. */
  readonly note: NoteChanges
  health(): readonly SubscriberHealth[]
}
