import { browserGlobals } from './browser-globals'

/** Where a session is stored: `localStorage`, `sessionStorage`, AsyncStorage of React Native, cookies of a request … */
export interface AuthStorage {
  getItem(key: string): string | null | Promise<string | null>
  setItem(key: string, value: string): unknown
  removeItem(key: string): unknown
}

/** Of one client only, and gone with it. */
export function memoryStorage(): AuthStorage {
  const values = new Map<string, string>()
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => values.set(key, value),
    removeItem: (key) => values.delete(key),
  }
}

/** Null where there is none, or where the browser refuses it: private windows, blocked site data. */
export function pageStorage(name: 'localStorage' | 'sessionStorage'): AuthStorage | null {
  try {
    return (browserGlobals().document && browserGlobals()[name]) || null
  } catch {
    return null
  }
}

export interface SafeStorage extends AuthStorage {
  /** Whether other tabs, and this one after a reload, find what is stored here. */
  readonly isPersistent: boolean
}

/** Never fails: from the first failure of `storage` on it is memory. */
export function safeStorage(storage: AuthStorage | null): SafeStorage {
  const memory = memoryStorage()
  let used = storage ?? memory
  function attempt<T>(work: (on: AuthStorage) => T | Promise<T>): T | Promise<T> {
    const fail = () => {
      used = memory
      return work(memory)
    }
    try {
      const value = work(used)
      return isPromise(value) ? Promise.resolve(value).catch(fail) : value
    } catch {
      return fail()
    }
  }
  return {
    get isPersistent() {
      return used !== memory
    },
    getItem: (key) => attempt((on) => on.getItem(key)),
    setItem: (key, value) => attempt((on) => on.setItem(key, value)),
    removeItem: (key) => attempt((on) => on.removeItem(key)),
  }
}

/** Also one of another library. */
function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof (value as { readonly then?: unknown } | null)?.then === 'function'
}

/**
 * Calls `onChange` when another tab has changed what is stored under the key, and when a frozen page comes back.
 *
 * @returns to be called after a change, for the other tabs
 */
export function watchStorage(storage: AuthStorage, key: string, onChange: () => void): () => void {
  const { document, BroadcastChannel, addEventListener } = browserGlobals()
  if (document !== undefined && addEventListener !== undefined) {
    addEventListener.call(globalThis, 'pageshow', onChange)
    if (storage === pageStorage('localStorage')) {
      addEventListener.call(globalThis, 'storage', (event) => {
        if (event.key === key || event.key === null) onChange()
      })
      return () => {}
    }
  }
  // Elsewhere an open channel would keep the process alive.
  const isBrowser = document !== undefined || 'WorkerGlobalScope' in globalThis
  if (!isBrowser || BroadcastChannel === undefined) return () => {}
  const channel = new BroadcastChannel(key)
  channel.onmessage = onChange
  return () => channel.postMessage(null)
}
