/** What happened, for a function with `events` in its manifest: it is also what such a call gets as its input. */
export interface FunctionEvent {
  /** The same whenever it is delivered. */
  readonly id: string
  /** `posts.created`, `auth.registered`, `orders.paid`. */
  readonly type: string
  /** The position of the change, as `Koyalite-Seq` has it; null where it is no change of a document. */
  readonly seq: string | null
  /** ISO 8601. */
  readonly at: string
  /** Of a change of a document, as all that follows. */
  readonly collection: string | null
  readonly key: string | number | null
  /** The document as the change left it, without internal fields and blobs; null where it was deleted. */
  readonly doc: Readonly<Record<string, unknown>> | null
  /** What it was before; null where it was created. */
  readonly old: Readonly<Record<string, unknown>> | null
  /** `doc` and `old` are left out: they have more than 240 KB, or `key` is left out: it has more than 1024 characters. */
  readonly truncated: boolean
  /** The deletion that a foreign key has followed, by `onDelete: cascade` or `set null`; null of a change that was made for itself. */
  readonly cause: EventCause | null
  /** Of an event that is no change of a document. */
  readonly data: unknown
}

/** The event that has led to another one. */
export interface EventCause {
  readonly id: string
  /** `posts.deleted`. */
  readonly type: string
  readonly collection: string
  /** Null where it has more than 1024 characters. */
  readonly key: string | number | null
}

/** Publishes events of the project's own, that `publishes` of the manifest names. */
export interface Events {
  /** `publish('orders.paid', { id })`: resolves when it is stored. `data` is JSON, at most 240 KB. */
  publish(type: string, data?: unknown): Promise<void>
}
