import type { Connection, Statement } from './driver/driver'
import { NO_PARAMS } from './writer/tx'

export interface FollowOptions {
  /** The writer's connection: it counts the commits of all others. */
  readonly connection: Connection
  /** Somebody waits for changes: look often. */
  readonly eager: () => boolean
  readonly onCommitsOfOthers: () => void
}

const EAGER_MS = 100
/** Without listeners only the number of the last change grows old, so every tenth look is enough. */
const LAZY_TICKS = 10

/** Notices what other processes commit, by PRAGMA data_version (1 µs). Returns the function that ends it. */
export function followOthers({ connection, eager, onCommitsOfOthers }: FollowOptions): () => void {
  const statement: Statement = connection.prepare('PRAGMA data_version').raw(true)
  const version = () => statement.get(NO_PARAMS)?.[0]
  let seen = version()
  let tick = 0
  const timer = setInterval(() => {
    if (++tick % LAZY_TICKS !== 0 && !eager()) return
    const now = version()
    if (now === seen) return
    seen = now
    onCommitsOfOthers()
  }, EAGER_MS)
  timer.unref()
  return () => clearInterval(timer)
}
