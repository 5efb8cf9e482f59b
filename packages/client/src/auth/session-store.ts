import { type AuthStorage, pageStorage, type SafeStorage, safeStorage, watchStorage } from './auth-storage'
import { withLock } from './storage-lock'
import { isSame, parseSession, type StoredSession } from './stored-session'

/** The session that all tabs share. */
export interface SessionStore {
  readonly storage: SafeStorage
  /** At once where the storage is. */
  read(): StoredSession | null | Promise<StoredSession | null>
  write(session: StoredSession | null): Promise<void>
  /**
   * Replaces the session, in one tab at a time. Returns what is stored in the end: by this tab, or by another one that was faster.
   *
   * @param known what this tab believes to be stored
   */
  replace(
    known: StoredSession | null,
    by: Replacement,
  ): Promise<{ readonly session: StoredSession | null; readonly isOwn: boolean }>
}

interface Replacement {
  /** Makes the next session of the present one; undefined leaves that. */
  replace(present: StoredSession | null, isKnown: boolean): Promise<StoredSession | null | undefined>
  /** Asked immediately before it is written. */
  isWanted(): boolean
}

/**
 * Where somebody else had the lock, what they wrote may take a moment to be seen: pages in different processes of a browser see each
 * other's localStorage late. To miss it would do no harm, but cost a refresh.
 */
const SEEN_WITHIN_MS = [5, 20, 50]

interface SessionStoreOptions {
  /** Null: memory, of this client alone. @default localStorage in pages, memory elsewhere */
  readonly storage: AuthStorage | null | undefined
  readonly key: string
  /** Whether other tabs may refresh at the same time. */
  readonly isLocked: boolean
}

/** @param onChange another tab has written */
export function openSessionStore(
  { storage: given = pageStorage('localStorage'), key, isLocked }: SessionStoreOptions,
  onChange: () => void,
): SessionStore {
  const storage = safeStorage(given)
  const notify = given === null ? () => {} : watchStorage(given, key, onChange)
  const lock = <T>(run: (hasWaited: boolean) => Promise<T>) =>
    given !== null && isLocked ? withLock(storage, key, run) : run(false)

  function read(): StoredSession | null | Promise<StoredSession | null> {
    const text = storage.getItem(key)
    return text === null || typeof text === 'string' ? parseSession(text) : text.then(parseSession)
  }

  async function write(session: StoredSession | null): Promise<void> {
    await (session === null ? storage.removeItem(key) : storage.setItem(key, JSON.stringify(session)))
    notify()
  }

  return {
    storage,
    read,
    write,
    replace: (known, { replace, isWanted }) =>
      lock(async (hasWaited) => {
        let present = await read()
        for (const milliseconds of hasWaited ? SEEN_WITHIN_MS : []) {
          if (!isSame(present, known)) break
          await new Promise((resolve) => setTimeout(resolve, milliseconds))
          present = await read()
        }
        const next = await replace(present, isSame(present, known))
        const now = await read()
        // Somebody has signed in or out meanwhile, or has taken the lock and refreshed.
        if (next === undefined || !isSame(now, present) || !isWanted()) return { session: now, isOwn: false }
        await write(next)
        return { session: next, isOwn: true }
      }),
  }
}
