import { isCompiled, workerFile } from '@koyalite/contracts'
import { startThread } from '@koyalite/sqlite'
import type { ProcessCommand } from './replace-process'
import { NOTHING, SLOTS, type Watched, type WatchedHook } from './watched'

/** What the build of the executable must add to its entry points, from the root of the repository. */
export const WATCHDOG_WORKER = 'services/hooks/src/watchdog/watchdog-worker.ts'

/** Ends the process where a hook holds the event loop for good: see ADR 337. */
export interface Watchdog {
  /** Runs code of a hook: it costs four stores. May be nested. */
  run<T>(hook: WatchedHook, code: () => T): T
  /** Watches what goes on after `run` has returned a promise. */
  during<T>(hook: WatchedHook, promise: Promise<T>): Promise<T>
  /** The hooks that there are now. Starts the thread where there are some. */
  watch(hooks: readonly WatchedHook[]): void
  close(): void
}

export interface WatchdogOptions {
  readonly file: string
  /** How long a hook may hold the event loop. Milliseconds. */
  readonly limitMs: number
}

const BEAT_MS = 1_000

export function createWatchdog({ file, limitMs }: WatchdogOptions): Watchdog {
  const state = new Int32Array(new SharedArrayBuffer(4 * Object.keys(SLOTS).length))
  state[SLOTS.active] = NOTHING
  state[SLOTS.waiting] = NOTHING
  let indexes = new Map<string, number>()
  let thread: Worker | null = null
  let waiting = 0
  let beat: Timer | null = null
  const indexOf = ({ place }: WatchedHook) => indexes.get(place) ?? NOTHING
  const hold = (index: number) => {
    Atomics.store(state, SLOTS.active, index)
    Atomics.add(state, SLOTS.entries, 1)
  }
  return {
    run(hook, code) {
      const outer = Atomics.load(state, SLOTS.active)
      hold(indexOf(hook))
      try {
        return code()
      } finally {
        hold(outer)
      }
    },
    async during(hook, promise) {
      waiting++
      Atomics.store(state, SLOTS.waiting, indexOf(hook))
      beat ??= setInterval(() => Atomics.add(state, SLOTS.beats, 1), BEAT_MS)
      try {
        return await promise
      } finally {
        if (--waiting === 0) {
          Atomics.store(state, SLOTS.waiting, NOTHING)
          if (beat !== null) clearInterval(beat)
          beat = null
        }
      }
    },
    watch(hooks) {
      indexes = new Map(hooks.map(({ place }, index) => [place, index]))
      if (hooks.length === 0) return
      if (thread === null) {
        thread = startThread(workerFile(WATCHDOG_WORKER, import.meta.url), 'koyalite-watchdog')
        thread.unref()
      }
      const watched = hooks.map(({ place, hash }) => ({ place, hash }))
      thread.postMessage({ state, file, limitMs, command: ownCommand(), hooks: watched } satisfies Watched)
    },
    close() {
      thread?.terminate()
      if (beat !== null) clearInterval(beat)
    },
  }
}

/** How this process was started. */
function ownCommand(): ProcessCommand {
  const [, main = '', ...args] = process.argv
  const before = isCompiled(main) ? [] : [...process.execArgv, main]
  return { executable: process.execPath, args: [...before, ...args] }
}
