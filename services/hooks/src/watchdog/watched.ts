import type { ProcessCommand } from './replace-process'

/** A hook that may be watched: by its place in the list. */
export interface WatchedHook {
  /** `posts.beforeCreate in hooks/posts.ts` */
  readonly place: string
  /** Of its code. */
  readonly hash: string
}

/** What the thread is told. */
export interface Watched {
  /** Shared: see SLOTS. */
  readonly state: Int32Array<SharedArrayBuffer>
  readonly hooks: readonly WatchedHook[]
  /** Where those that did not end are written down. */
  readonly file: string
  readonly command: ProcessCommand
  readonly limitMs: number
}

export const SLOTS = {
  /** Index of the hook that holds the event loop right now, or NOTHING. */
  active: 0,
  /** How many have begun or ended to. */
  entries: 1,
  /** Index of the hook that began last of those that wait for something, or NOTHING. */
  waiting: 2,
  /** Rises as long as the event loop goes round, while one of them waits. */
  beats: 3,
} as const

export const NOTHING = -1
