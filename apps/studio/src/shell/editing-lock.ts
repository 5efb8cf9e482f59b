import type { GetEditingLockResponse } from '@koyalite/client/admin'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useSession } from '../session/session-context'
import { PROJECT } from './project'

export interface EditingLock {
  /** Whether documents must not be changed now: the server refuses it too. */
  readonly isLocked: boolean
  /** Why, for `reason` of a control; null where nothing is locked. */
  readonly reason: string | null
  /** Until when it is unlocked, ISO; null where it is locked, or never is. */
  readonly until: string | null
  /** Unlocks this session for 15 minutes. Rejects as the admin API does. */
  unlock(): Promise<void>
  lock(): Promise<void>
}

const QUERY = ['editing-lock']
const REASON = 'Production is locked. Unlock editing for 15 minutes at the top of the page.'

/** The lock of production: documents are changed only after somebody has meant it, and for a quarter of an hour. */
export function useEditingLock(): EditingLock {
  const { admin } = useSession()
  const queries = useQueryClient()
  const isProduction = PROJECT.environment === 'production'
  const { data } = useQuery({
    queryKey: QUERY,
    queryFn: () => admin.getEditingLock(),
    enabled: isProduction,
    refetchOnWindowFocus: true,
  })
  const until = data?.unlocked_until ?? null
  useEffect(() => {
    if (until === null) return
    const left = Math.max(0, Date.parse(until) - Date.now())
    const timer = setTimeout(() => void queries.invalidateQueries({ queryKey: QUERY }), left + 50)
    return () => clearTimeout(timer)
  }, [until, queries])
  const take = (state: GetEditingLockResponse) => queries.setQueryData(QUERY, state)
  const isLocked = isProduction && until === null
  return {
    isLocked,
    reason: isLocked ? REASON : null,
    until,
    unlock: async () => void take(await admin.unlockEditing()),
    lock: async () => void take(await admin.lockEditing()),
  }
}
