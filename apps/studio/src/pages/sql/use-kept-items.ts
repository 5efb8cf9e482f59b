import type { AdminClient } from '@koyalite/client/admin'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useSession } from '../../session/session-context'

/** Less than a second: what was typed survives a crash. */
const SAVE_MS = 400

export interface KeptItems {
  /** Keeps a value under a name, soon: what is kept again before that replaces it. Null deletes it. */
  keep(name: string, value: unknown): void
  /** What could not be kept; it is tried again with the next change. */
  readonly error: unknown
  /** Whether everything is on the server. */
  readonly isSaved: boolean
}

/** Keeps what is typed on the server. Nothing is lost when the page is closed meanwhile. */
export function useKeptItems(): KeptItems {
  const { admin } = useSession()
  const queries = useQueryClient()
  const pending = useRef(new Map<string, unknown>())
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const running = useRef<Promise<void>>(Promise.resolve())
  const [state, setState] = useState<{ readonly error: unknown; readonly isSaved: boolean }>({
    error: null,
    isSaved: true,
  })

  const flush = useRef(() => {})
  flush.current = () => {
    clearTimeout(timer.current)
    const batch = [...pending.current]
    pending.current.clear()
    // One after the other: an older value never comes after a newer one.
    running.current = running.current.then(async () => {
      try {
        for (const [name, value] of batch) await store(admin, name, value)
        if (pending.current.size === 0) setState({ error: null, isSaved: true })
        void queries.invalidateQueries({ queryKey: ['studio-items', 'sql'] })
      } catch (error) {
        for (const [name, value] of batch) if (!pending.current.has(name)) pending.current.set(name, value)
        setState({ error, isSaved: false })
      }
    })
  }

  useEffect(() => {
    const leave = () => flush.current()
    window.addEventListener('pagehide', leave)
    return () => {
      window.removeEventListener('pagehide', leave)
      leave()
    }
  }, [])

  return {
    ...state,
    keep(name, value) {
      pending.current.set(name, value)
      setState((before) => (before.isSaved ? { ...before, isSaved: false } : before))
      clearTimeout(timer.current)
      timer.current = setTimeout(() => flush.current(), SAVE_MS)
    },
  }
}

function store(admin: AdminClient, name: string, value: unknown): Promise<unknown> {
  return value === null
    ? admin.deleteStudioItem({ params: { name } }).catch(() => null)
    : admin.keepStudioItem({ params: { name }, body: { value } })
}
