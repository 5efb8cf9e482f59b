import { withDeadline } from '../deadline'
import { isKoyaError, KoyaError } from '../koya-error'
import type { Session } from '../ports'
import { type Transport, userChanged } from '../transport'
import type { AuthStorage } from './auth-storage'
import type { AuthEvent, AuthStatus } from './auth-types'
import { browserGlobals } from './browser-globals'
import { refreshedSession } from './refreshed-session'
import { openSessionStore, type SessionStore } from './session-store'
import { isSame, type SessionResponse, type StoredSession, type StoredUser, storedSession } from './stored-session'

export interface AuthOptions {
  /**
   * Where the session is stored. Clients with the same storage and the same `storageKey` share it.
   * @default localStorage in browsers, memory elsewhere and where the browser refuses it
   */
  readonly storage?: AuthStorage | 'memory' | undefined
  /** @default `koyalite:` and the server's address */
  readonly storageKey?: string | undefined
  /** Whether the server sets cookies that scripts cannot read, in the place of tokens in `storage`. Browsers only. */
  readonly cookies?: boolean | undefined
  /** `never`, on servers: an expired session is a 401, until `koya.auth.refresh()` is called. @default 'auto' */
  readonly refresh?: 'auto' | 'never' | undefined
}

export type SessionListener = (event: AuthEvent, user: StoredUser | null) => void

/** The session that `koya.auth` begins and ends. Nothing is read, and nobody is listened to, before it is first used. */
export interface AuthSession extends Session {
  readonly status: AuthStatus
  readonly stored: StoredSession | null
  readonly isPersistent: boolean
  /** For what has to outlast a redirect. */
  readonly storage: AuthStorage
  readonly storageKey: string
  ready(): Promise<void>
  /** The first call comes with the present state, as soon as that is known. */
  onChange(listener: SessionListener): () => void
  begin(response: SessionResponse): Promise<StoredSession>
  /** Signs out here and in the other tabs; the server is not notified. */
  end(): Promise<void>
  /** Another version of the same user's document. @param isShared whether other tabs get it at once */
  changeUser(user: StoredUser, isShared: boolean): Promise<void>
  /** Refreshes if the session expires within so many milliseconds. Rejects with what the server refuses, or NETWORK. */
  refresh(within: number): Promise<void>
}

/** All of one refresh: waiting for other tabs, asking the server up to three times, writing. */
const RENEWAL_MS = 30_000

export function createAuthSession(transport: Transport, options: AuthOptions): AuthSession {
  const { cookies = false, refresh: mode = 'auto', storageKey: key = `koyalite:${transport.url}` } = options
  let status: AuthStatus = 'loading'
  let stored: StoredSession | null = null
  /** Of the session that the browser's cookies are of: known before the rest of it. */
  let csrf: string | null = null
  let loading: Promise<void> | null = null
  let isStarted = false
  /** Sign-ins and sign-outs of this client: a refresh that was begun before one does not undo it. */
  let changes = 0
  let renewal: Promise<void> | null = null
  let opened: SessionStore | null = null
  const listeners = new Set<SessionListener>()
  const userListeners = new Set<() => void>()

  function store(): SessionStore {
    const { storage } = options
    opened ??= openSessionStore(
      { storage: storage === 'memory' ? null : storage, key, isLocked: mode === 'auto' },
      reread,
    )
    return opened
  }

  /** The new state of this tab. Never called under the lock: it calls what listens. */
  function take(session: StoredSession | null, reason?: AuthEvent): void {
    const [before, wasLoading] = [stored, status === 'loading']
    // The user that this tab has is as new as what is stored with the same tokens, or newer.
    if (!wasLoading && isSame(before, session)) return
    set(session)
    if (wasLoading) return
    const isOther = before?.user.id !== session?.user.id
    if (isOther) for (const listener of [...userListeners]) listener()
    emit(reason ?? (isOther ? changeOf(before, session) : 'refreshed'))
  }

  function set(session: StoredSession | null): void {
    const user = stored?.user
    // The same object until something in it changes.
    const isEqual = user !== undefined && JSON.stringify(user) === JSON.stringify(session?.user)
    stored = session && isEqual ? { ...session, user } : session
    csrf = session?.csrf_token ?? null
    status = session === null ? 'signed_out' : 'signed_in'
  }

  function emit(event: AuthEvent): void {
    for (const listener of [...listeners]) call(listener, event)
  }

  function call(listener: SessionListener, event: AuthEvent): void {
    try {
      const given: unknown = listener(event, stored?.user ?? null)
      if (given instanceof Promise) given.catch(report)
    } catch (error) {
      report(error)
    }
  }

  function start(): Promise<void> | null {
    if (isStarted) return loading
    isStarted = true
    const found = store().read()
    // At once where storage is: a page does not show for a moment that nobody is signed in.
    if (!cookies && !(found instanceof Promise)) {
      take(found)
      return null
    }
    loading = load(found).finally(() => {
      loading = null
    })
    return loading
  }

  async function load(reading: ReturnType<SessionStore['read']>): Promise<void> {
    const found = await reading
    if (!cookies) return take(found)
    try {
      // Somebody may have signed in or out without this page: on one of the server's, or of a provider.
      csrf = await currentCsrf()
      if (csrf === null) await store().write(null)
      if (csrf === null || csrf === found?.csrf_token) return take(csrf === null ? null : found)
      await renew(found)
    } catch {
      // Whatever the server could not say now, it says to the first call.
      take(found)
    }
  }

  async function currentCsrf(): Promise<string | null> {
    try {
      const { body } = await transport.send({ method: 'GET', path: '/api/auth/csrf', bearer: null })
      return (body as { csrf_token: string }).csrf_token
    } catch (error) {
      if (isKoyaError(error) && error.code === 'UNAUTHENTICATED') return null
      throw error
    }
  }

  function reread(): void {
    if (!isStarted) return
    void (async () => {
      await loading
      const before = stored
      const found = await store().read()
      // What this client has done meanwhile is newer.
      if (stored === before) take(found)
      else reread()
    })()
  }

  /** Calls of one tab share it. */
  function renew(known: StoredSession | null): Promise<void> {
    renewal ??= renewOnce(known).finally(() => {
      renewal = null
    })
    return renewal
  }

  async function renewOnce(known: StoredSession | null): Promise<void> {
    const before = changes
    const { session, isOwn } = await withDeadline({ timeout: RENEWAL_MS }, () =>
      store().replace(known, {
        async replace(present, isKnown) {
          // Another tab was faster; unless that was long ago, and this one was frozen.
          const isFresh = !isKnown && (present === null || Date.now() < present.refresh_at)
          return isFresh ? undefined : refreshed(present)
        },
        isWanted: () => changes === before,
      }),
    ).catch((cause: unknown) => {
      const why = cause instanceof Error ? cause.message : String(cause)
      throw new KoyaError('NETWORK', `the session could not be refreshed: ${why}`, { cause })
    })
    if (changes === before) take(session, isOwn && session === null ? 'expired' : undefined)
  }

  /** Null where the server says that the session has ended. */
  async function refreshed(known: StoredSession | null): Promise<StoredSession | null> {
    if (cookies) csrf = await currentCsrf()
    if (cookies ? csrf === null : known === null) return null
    const response = await refreshedSession(transport, known?.refresh_token)
    return response && storedSession(response, Date.now())
  }

  /** The present session. One that is about to expire is used while it is refreshed, one that has expired waits for that. */
  async function current(): Promise<StoredSession | null> {
    await start()
    if (stored === null || mode === 'never' || Date.now() < stored.refresh_at) return stored
    const { user, expires_at } = stored
    const renewing = renew(stored)
    if (Date.now() < expires_at) {
      renewing.catch(() => {})
      return stored
    }
    await renewing
    if (stored === null) throw ended()
    if (stored.user.id !== user.id) throw userChanged()
    return stored
  }

  return {
    cookies,
    get status() {
      start()
      return status
    },
    get stored() {
      start()
      return stored
    },
    get isPersistent() {
      return store().storage.isPersistent
    },
    get storage() {
      return store().storage
    },
    storageKey: key,
    async ready() {
      await start()
    },
    async bearer() {
      const session = await current()
      return session && (session.access_token ?? '')
    },
    csrf: async () => csrf,
    async renewed(refused) {
      await start()
      if (stored === null || mode === 'never') return null
      const user = stored.user.id
      if (cookies || stored.access_token === refused) await renew(stored)
      if (stored === null) return null
      if (stored.user.id !== user) throw userChanged()
      return stored.access_token ?? ''
    },
    onUserChange(listener) {
      userListeners.add(listener)
      return () => userListeners.delete(listener)
    },
    onChange(listener) {
      let isOpen = true
      const own: SessionListener = (event, user) => listener(event, user)
      void (async () => {
        await start()
        if (!isOpen) return
        listeners.add(own)
        call(own, stored === null ? 'signed_out' : 'signed_in')
      })()
      return () => {
        isOpen = false
        listeners.delete(own)
      }
    },
    async begin(response) {
      await start()
      if (stored !== null && stored.user.id !== response.user.id && !store().storage.isPersistent)
        warnOfTwoUsers(transport)
      const session = storedSession(response, Date.now())
      changes++
      await store().write(session)
      take(session)
      return session
    },
    async end() {
      await start()
      changes++
      await store().write(null)
      take(null)
    },
    async changeUser(user, isShared) {
      await start()
      if (stored?.user.id !== user.id) return
      const before = stored.user
      set({ ...stored, user })
      if (stored.user === before) return
      emit('refreshed')
      // With new tokens, since those of this tab may not be the latest. A failure says nothing of the change itself.
      if (isShared && mode === 'auto') await renew(stored).catch(() => {})
      else if (mode === 'never') await store().write(stored)
    },
    async refresh(within) {
      await start()
      if (stored !== null && Date.now() + within >= stored.expires_at) await renew(stored)
    },
  }
}

function changeOf(before: StoredSession | null, after: StoredSession | null): AuthEvent {
  if (after === null) return 'signed_out'
  return before === null ? 'signed_in' : 'user_changed'
}

/** On servers, one client for all requests would let users act as each other. */
function warnOfTwoUsers({ isLocal }: Transport): void {
  if (!isLocal || browserGlobals().document !== undefined) return
  console.warn('koyalite: one client signs in two users: on a server, create a client for each request.')
}

/** A listener that fails is a fault of the page, and not one of the call that has changed the session. */
function report(error: unknown): void {
  console.error('koyalite: a listener of koya.auth.onChange has failed', error)
}

function ended(): KoyaError {
  return new KoyaError('UNAUTHENTICATED', 'The session has expired. Sign in again.', { status: 401 })
}
