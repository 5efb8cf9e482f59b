import type { KoyaError } from './koya-error'

/** Who calls: all that requests and the socket know of signing in. It comes from the `token` option, or from `koya.auth`. */
export interface Session {
  /** Whether the browser's cookies carry the session: requests are sent with credentials, writes with `csrf`. */
  readonly cookies: boolean
  /** The access token. Empty: the cookies carry it; null: anonymous. Waits while storage is read. */
  bearer(): Promise<string | null>
  /**
   * What to try again with, after the server has refused a bearer with 401; null: nothing, the 401 stands. Calls that were refused
   * together share one refresh. Rejects with nothing but NETWORK (the refresh could not be sent) and ABORTED (the user has changed).
   */
  renewed(refused: string): Promise<string | null>
  /** `X-CSRF-Token` of writes, where cookies carry the session. */
  csrf?(): Promise<string | null>
  /** Called when another user, or nobody, is signed in: what was read before belongs to somebody else. Not for a refresh. */
  onUserChange(listener: () => void): () => void
}

/** What a live query asks for. */
export interface LiveRequest {
  /** Equal for equal queries: these share one subscription. */
  readonly key: string
  readonly collection: string
  /** Payload of `subscribe`, without `since`. */
  readonly payload: Readonly<Record<string, unknown>>
  /** Of a query that makes no sense: it is never sent, and its store is closed with this. */
  readonly error?: KoyaError | undefined
  /** What was read ahead for the present user: it is shown before the first snapshot, and continued from. */
  known?(): KnownState | undefined
}

export interface KnownState {
  readonly snapshot: LiveSnapshot<object>
  /** Undefined: a snapshot takes its place. */
  readonly resume: string | undefined
}

export type LiveStatus = 'connecting' | 'live' | 'stale' | 'offline' | 'closed'

export interface LiveOptions {
  /** Also how many documents the query has, where `limit` cuts it: `total`. */
  readonly count?: boolean | undefined
}

/** What a live query holds at one moment. Never changed: another state is another object, and documents that are the same stay the same objects. */
export interface LiveSnapshot<D> {
  readonly docs: readonly D[]
  /** How many documents the query has, whatever its limit; with `count`. */
  readonly total?: number | undefined
  /** The state of the server that it shows; undefined before the first snapshot. */
  readonly seq: string | undefined
  readonly status: LiveStatus
  /** Since when it may have missed changes, while it is `stale`. */
  readonly staleSince?: Date | undefined
  /** Why it is `closed`. */
  readonly error?: KoyaError | undefined
}

export interface LiveDelta<D> {
  readonly inserts: readonly D[]
  readonly updates: readonly D[]
  /** Keys. */
  readonly deletes: readonly (string | number)[]
  /** A new snapshot brought it, as the difference to what was held. */
  readonly reset: boolean
  readonly seq: string
}

/** A live query, as stores of React and others are read. */
export interface LiveStore<D> {
  /** The same object until something changes. */
  getSnapshot(): LiveSnapshot<D>
  /** The query is subscribed to from the first listener on, until a second after the last one has left. */
  subscribe(listener: () => void): () => void
  /**
   * Resolves when the store shows this state of the server, or a later one: `koya.lastSeq` after a write.
   * Rejects with TIMEOUT, ABORTED, or the error that has closed the query.
   */
  reached(seq: string, options?: { readonly timeout?: number; readonly signal?: AbortSignal }): Promise<void>
}

export interface LiveObserver<D> {
  next?(state: { readonly docs: readonly D[]; readonly total?: number | undefined; readonly seq: string }): void
  delta?(delta: LiveDelta<D>): void
  /** Once: the query has ended. */
  error?(error: KoyaError): void
  status?(status: LiveStatus): void
}

/** Where live queries come from: `src/live`. */
export interface LiveSource {
  /** One store for all equal requests. */
  open<D>(request: LiveRequest): LiveStore<D>
  /** Ends when the returned function is called, or by the signal. */
  subscribe<D>(
    request: LiveRequest,
    observer: LiveObserver<D>,
    options?: { readonly signal?: AbortSignal | undefined },
  ): () => void
}
