import { useCallback, useMemo, useSyncExternalStore } from 'react'
import type { AuthStatus } from '../auth/auth-types'
import { type RegisteredUser, useKoya } from './koya-provider'

export interface AuthState {
  /** `loading` until storage has been read, and where a server renders: nothing is known there of the browser's session. */
  readonly status: AuthStatus
  /** A document of `users`. */
  readonly user: RegisteredUser | null
}

/** Who is signed in. Methods are in `useKoya().auth`. */
export function useAuth(): AuthState {
  const { auth } = useKoya()
  const subscribe = useCallback((listener: () => void) => auth.onChange(listener), [auth])
  const status = useSyncExternalStore(
    subscribe,
    () => auth.status,
    () => 'loading' as const,
  )
  const user = useSyncExternalStore(
    subscribe,
    () => auth.user as RegisteredUser | null,
    () => null,
  )
  return useMemo(() => ({ status, user }), [status, user])
}
