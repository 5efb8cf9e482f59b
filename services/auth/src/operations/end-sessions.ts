import type { AuthContext } from '../auth-context'

/** To be called when a write that ended sessions is committed: their access tokens are good for nothing from here on. */
export function endedSessions(context: AuthContext, ids: readonly string[]): void {
  for (const id of ids) context.runtime.verified.forget({ kind: 'session', id })
}
