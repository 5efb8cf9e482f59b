import type { AuthStorage } from './auth-storage'
import { browserGlobals, type WebLockOptions, type WebLocks } from './browser-globals'

/** How long a tab may hold the lock before another one takes it: it is frozen, or gone, or waits for a server that does not respond. */
const STOLEN_AFTER_MS = 5_000
/** How long storage takes to show all tabs who was the last to write a lease. */
const SETTLED_AFTER_MS = 30

/**
 * Runs while no other tab does the same under this name. Never waits for ever: a lock that is held for too long is taken, and one
 * that cannot be taken is done without.
 *
 * @param storage has the lease where the browser has no Web Locks
 * @param run is called with whether somebody else had the lock meanwhile
 */
export function withLock<T>(
  storage: AuthStorage,
  name: string,
  run: (hasWaited: boolean) => Promise<T>,
  stolenAfter: number = STOLEN_AFTER_MS,
): Promise<T> {
  const locks = browserGlobals().navigator?.locks
  return locks ? withWebLock(locks, { name, stolenAfter }, run) : withLease(storage, { name, stolenAfter }, run)
}

interface LockOptions {
  readonly name: string
  readonly stolenAfter: number
}

async function withWebLock<T>(
  locks: WebLocks,
  { name, stolenAfter }: LockOptions,
  run: (hasWaited: boolean) => Promise<T>,
): Promise<T> {
  let running: Promise<T> | undefined
  const start = (hasWaited = true) => {
    running ??= run(hasWaited)
    return running
  }
  // Resolves when it runs, and no later than after `milliseconds`.
  const acquire = (options: WebLockOptions, milliseconds: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds)
      const done = () => {
        clearTimeout(timer)
        resolve()
      }
      const granted = async (lock: unknown) => {
        if (lock === null) return done()
        done()
        await start(!options.ifAvailable)
      }
      // Rejects when it is aborted, refused, or stolen while it runs: what runs goes on, and its result counts.
      Promise.resolve(locks.request(name, options, granted)).catch(done)
    })
  const waiting = new AbortController()
  await acquire({ ifAvailable: true }, stolenAfter / 5)
  if (running === undefined) await acquire({ signal: waiting.signal }, stolenAfter)
  waiting.abort()
  if (running === undefined) await acquire({ steal: true }, stolenAfter)
  return start()
}

async function withLease<T>(
  storage: AuthStorage,
  { name, stolenAfter }: LockOptions,
  run: (hasWaited: boolean) => Promise<T>,
): Promise<T> {
  const key = `${name}:lock`
  let lease = ''
  let waited = 0
  // The end is by count, not by a clock that may jump.
  while (waited < 2 * stolenAfter) {
    const now = Date.now()
    const until = Number.parseInt((await storage.getItem(key)) ?? '', 10)
    const isHeld = until > now && until <= now + stolenAfter
    if (!isHeld) {
      lease = `${now + stolenAfter} ${Math.random()}`
      await storage.setItem(key, lease)
      await pause(SETTLED_AFTER_MS)
      // Of several that saw it free, the last one has it.
      if ((await storage.getItem(key)) === lease) break
    }
    const pauseMs = 20 + 40 * Math.random()
    await pause(pauseMs)
    waited += pauseMs
  }
  try {
    return await run(waited > 0)
  } finally {
    if ((await storage.getItem(key)) === lease) await storage.removeItem(key)
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
