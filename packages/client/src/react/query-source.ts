import type { CallOptions } from '../call-options'
import type { LiveOptions, LiveSnapshot, LiveStore } from '../ports'
import { readOf } from './read-once'

/** As much of a live query as hooks need. @typeParam D its documents */
export interface QueryLike<D> {
  readonly key: string
  live(options?: LiveOptions): LiveStore<D>
  get(options?: CallOptions): Promise<D[]>
}

/** What hooks read: a live query, or one that is read once. */
export type QuerySource<D> = Pick<LiveStore<D>, 'getSnapshot' | 'subscribe'>

export interface SourceOptions extends LiveOptions {
  /** False: read once, when the first component asks for it, instead of followed. @default true */
  readonly live?: boolean | undefined
}

const EMPTY: LiveSnapshot<never> = { docs: [], seq: undefined, status: 'connecting' }
const NOTHING: QuerySource<never> = { getSnapshot: () => EMPTY, subscribe: () => () => undefined }

/** The same object for equal queries of a client, as long as somebody listens to it. */
export function sourceOf<D>(query: QueryLike<D> | null, { live = true, count }: SourceOptions): QuerySource<D> {
  if (query === null) return NOTHING
  return live ? query.live({ count }) : readOf(query)
}
