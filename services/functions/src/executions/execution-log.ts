import { existsSync } from 'node:fs'
import type { Log } from '@koyalite/kernel'
import { openSideDatabase, type SideDatabase } from '@koyalite/sqlite'
import {
  dropOldest,
  EXECUTIONS_TABLES,
  type ExecutionFilter,
  findExecution,
  listExecutions,
  pruneExecutions,
  putExecutions,
} from '../store/executions'
import type { Execution, ExecutionLog } from './execution'

export interface ExecutionLogOptions {
  /** Absolute, or `:memory:`. */
  readonly path: string
  readonly key: string | null
  readonly log: Pick<Log, 'warn'>
  limits(): { readonly keep: number; readonly max_bytes: number }
}

export interface OpenExecutionLog extends ExecutionLog {
  list(filter: ExecutionFilter): readonly Execution[]
  find(id: string): Execution | null
  /** Notifies of each call that ends. Returns what ends that. */
  follow(listener: (execution: Execution) => void): () => void
  /** Removes what is too old, or too much. Returns how many. */
  prune(): number
  close(): void
}

const WRITE_EVERY_MS = 250
/** Successes of a function that are kept in a second; of those beyond it every hundredth. All others are kept. */
const ALL_PER_SECOND = 50
const SAMPLE = 100
const MAX_WAITING = 5_000
const PORTION = 500

/** Calls that have ended, in a database of their own: users' writes never wait for them. */
export function openExecutionLog({ path, key, log, limits }: ExecutionLogOptions): OpenExecutionLog {
  // Opened when there is something to store or to find: most projects have no functions.
  let database: SideDatabase | null = null
  const opened = () => {
    database ??= openSideDatabase({ path, ...(key !== null && { key }), tables: EXECUTIONS_TABLES })
    return database
  }
  const isThere = () => database !== null || existsSync(path)
  const listeners = new Set<(execution: Execution) => void>()
  let waiting: Execution[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  let isClosed = false
  let second = 0
  let succeeded = new Map<string, number>()

  function write(): void {
    clearTimeout(timer)
    timer = undefined
    if (waiting.length === 0) return
    const executions = waiting
    waiting = []
    try {
      putExecutions(opened(), executions)
    } catch (error) {
      log.warn({ err: error, lost: executions.length }, 'executions of functions could not be stored')
    }
  }

  function isKept({ status, function: name, startedAt, ms }: Execution): boolean {
    if (status !== 'ok') return waiting.length < MAX_WAITING
    const now = Math.floor((startedAt + ms) / 1000)
    if (now !== second) {
      second = now
      succeeded = new Map()
    }
    const count = (succeeded.get(name) ?? 0) + 1
    succeeded.set(name, count)
    return (count <= ALL_PER_SECOND || count % SAMPLE === 0) && waiting.length < MAX_WAITING
  }

  return {
    record(execution) {
      for (const listener of listeners) listener(execution)
      if (!isKept(execution)) return
      waiting.push(execution)
      timer ??= setTimeout(write, WRITE_EVERY_MS)
      timer.unref()
    },
    amend(id, more) {
      if (isClosed) return
      write()
      const stored = isThere() ? findExecution(opened(), id) : null
      if (stored !== null) putExecutions(opened(), [{ ...stored, ...more }])
    },
    list(filter) {
      write()
      return isThere() ? listExecutions(opened(), filter) : []
    },
    find(id) {
      write()
      return isThere() ? findExecution(opened(), id) : null
    },
    follow(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    prune() {
      const { keep, max_bytes: most } = limits()
      if (!isThere()) return 0
      const stored = opened()
      let removed = 0
      for (let count = PORTION; count === PORTION; removed += count)
        count = pruneExecutions(stored, Date.now() - keep, PORTION)
      while (stored.size() > most) {
        const count = dropOldest(stored, PORTION)
        removed += count
        if (count === 0) break
      }
      return removed
    },
    close() {
      isClosed = true
      write()
      database?.close()
    },
  }
}
