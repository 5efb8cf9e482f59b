/** A session as it is stored, for all tabs: JSON. */
export interface StoredSession {
  readonly user: StoredUser
  /** Absent where cookies carry them. */
  readonly access_token?: string
  readonly refresh_token?: string
  /** What writes with cookies repeat. */
  readonly csrf_token?: string
  /** When it is refreshed, before it expires: milliseconds since 1970, by the clock of this machine. */
  readonly refresh_at: number
  readonly expires_at: number
}

/** A document of `users`, as JSON. */
export type StoredUser = Readonly<Record<string, unknown>> & { readonly id: string }

/** What the server responds to a sign-in or a refresh with. */
export interface SessionResponse {
  readonly user: StoredUser
  readonly access_token?: string
  readonly refresh_token?: string
  readonly csrf_token?: string
  /** Seconds. */
  readonly expires_in: number
}

/** Refreshed this long before it expires, and never earlier than after nine tenths of its life. */
const LONGEST_MARGIN_MS = 60_000

export function storedSession({ expires_in, ...response }: SessionResponse, now: number): StoredSession {
  const { user, access_token, refresh_token, csrf_token } = response
  const expires_at = now + expires_in * 1000
  const refresh_at = expires_at - Math.min(LONGEST_MARGIN_MS, expires_in * 100)
  // Of tokens that are absent, JSON has nothing.
  return JSON.parse(JSON.stringify({ user, access_token, refresh_token, csrf_token, refresh_at, expires_at }))
}

/** Null for what is not a session: another version's, or something else under the same key. */
export function parseSession(text: string | null): StoredSession | null {
  try {
    const session = JSON.parse(text ?? 'null')
    const hasToken = typeof (session?.refresh_token ?? session?.csrf_token) === 'string'
    return hasToken && typeof session.user?.id === 'string' && session.expires_at > 0 ? session : null
  } catch {
    return null
  }
}

/** Whether nobody has refreshed it, signed in or signed out between two looks. */
export function isSame(a: StoredSession | null, b: StoredSession | null): boolean {
  const tokens = (one: StoredSession | null) => JSON.stringify({ ...one, user: one?.user.id })
  return tokens(a) === tokens(b)
}
