import { SqlChild, type SqlLimits } from './sql-child'

/** One without work is ended after so long. */
const IDLE_MS = 60_000

/** Processes for statements. After the first one, the next is started before it is asked for: loading the program takes longer than most statements. */
export interface SqlChildPool {
  take(limits: SqlLimits): SqlChild
  close(): void
}

export function createSqlChildPool(command: readonly string[]): SqlChildPool {
  let spare: SqlChild | null = null
  let idle: ReturnType<typeof setTimeout> | undefined
  let isClosed = false
  const drop = () => {
    clearTimeout(idle)
    spare?.kill()
    spare = null
  }
  const prepare = () => {
    if (isClosed || spare !== null) return
    const started = new SqlChild(command)
    spare = started
    void started.exited.then(() => {
      if (spare === started) spare = null
    })
    idle = setTimeout(drop, IDLE_MS)
    idle.unref()
  }
  return {
    take(limits) {
      clearTimeout(idle)
      const child = spare ?? new SqlChild(command)
      spare = null
      child.limit(limits)
      void child.exited.then(prepare)
      return child
    },
    close() {
      isClosed = true
      drop()
    },
  }
}
