import { createContext, type ReactNode, useContext, useSyncExternalStore } from 'react'
import type { Operator, OperatorSession, SessionState } from './operator-session'

const Context = createContext<OperatorSession | null>(null)

export function SessionProvider({
  session,
  children,
}: {
  readonly session: OperatorSession
  readonly children: ReactNode
}) {
  return <Context value={session}>{children}</Context>
}

export function useSession(): OperatorSession {
  const session = useContext(Context)
  if (session === null) throw new Error('there is no SessionProvider above')
  return session
}

export function useSessionState(): SessionState {
  const session = useSession()
  return useSyncExternalStore(session.subscribe, session.state)
}

/** Who is signed in. Only below the shell, which shows nothing else before. */
export function useOperator(): Operator {
  const state = useSessionState()
  if (!('operator' in state)) throw new Error('nobody is signed in')
  return state.operator
}

/** Whether the operator may do something: `users:write`. */
export function useMay(permission: string): boolean {
  return useOperator().permissions.includes(permission)
}
