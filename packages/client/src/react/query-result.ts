import type { KoyaError } from '../koya-error'
import type { LiveSnapshot } from '../ports'

/** What the query hooks return. `status` narrows `data`. @typeParam T an array of documents, or a document */
export type QueryResult<T> = IdleResult | LoadingResult | ReadyResult<T> | FailedResult<T>

interface Common {
  /** Whether `data` follows the server at this moment. */
  readonly isLive: boolean
  /** Whether `data` belongs to the query before this one, with `keepPrevious`. */
  readonly isPrevious: boolean
  /** How many documents the query has, with `count`, where `limit` has cut them. */
  readonly total: number | undefined
}

/** No query was given. */
export interface IdleResult extends Common {
  readonly status: 'idle'
  readonly data: undefined
  readonly error: undefined
}

export interface LoadingResult extends Common {
  readonly status: 'loading'
  readonly data: undefined
  readonly error: undefined
}

export interface ReadyResult<T> extends Common {
  readonly status: 'ready'
  readonly data: T
  readonly error: undefined
}

/** The query has ended. `data` is what it last had, if anything. */
export interface FailedResult<T> extends Common {
  readonly status: 'error'
  readonly data: T | undefined
  readonly error: KoyaError
}

export const IDLE: IdleResult = {
  status: 'idle',
  data: undefined,
  error: undefined,
  isLive: false,
  isPrevious: false,
  total: undefined,
}

const LOADING: LoadingResult = { ...IDLE, status: 'loading' }

export function resultOf<D>(snapshot: LiveSnapshot<D>): QueryResult<readonly D[]> {
  const { docs, total, seq, status, error } = snapshot
  const data = seq === undefined ? undefined : docs
  const common = { isLive: status === 'live', isPrevious: false, total }
  if (error !== undefined) return { ...common, status: 'error', data, error }
  return data === undefined ? LOADING : { ...common, status: 'ready', data, error: undefined }
}

/** The same result about something made of its data. */
export function mapData<T, U>(result: QueryResult<T>, map: (data: T) => U): QueryResult<U> {
  if (result.status === 'ready') return { ...result, data: map(result.data) }
  if (result.status === 'error') return { ...result, data: result.data === undefined ? undefined : map(result.data) }
  return result
}
