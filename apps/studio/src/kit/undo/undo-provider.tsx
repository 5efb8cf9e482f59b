import { AdminApiError, type UndoChangeResponse } from '@koyalite/client/admin'
import { useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from 'react'
import { messageOf } from '../../session/operator-session'
import { useSession } from '../../session/session-context'
import { useListedKeys } from '../../shell/keyboard'
import type { KeyName } from '../../shell/keys'
import { useToast } from '../toast'
import { UndoConflictDialog } from './undo-conflict-dialog'
import { type DoneAction, NOTHING_DONE, type UndoHistory, withDone, withRedone, withUndone } from './undo-history'

export interface Undo {
  /**
   * Says what was done, with Undo in the toast and on Ctrl+Z. To be called after the server's answer.
   * @param action the header `Koyalite-Action` of the answer; null where there is nothing to take back
   */
  done(title: string, action: string | null): void
  /** The same without a word, where everybody sees what was done. */
  noted(title: string, action: string | null): void
  /** Runs a write that ends in `done` or `noted`: Ctrl+Z waits for it, since it means this one and not the one before. */
  during<T>(write: () => Promise<T>): Promise<T>
  /** Takes an action back. Where others have changed its documents since, a dialog asks. Resolves once the server has answered. */
  undo(done: DoneAction): Promise<void>
}

export type UndoConflicts = UndoChangeResponse['conflicts']

interface Running {
  readonly done: DoneAction
  readonly way: 'undo' | 'redo'
}

interface UndoContext extends Undo {
  /** Called after each undo and redo, besides reading all queries again. */
  readonly listeners: Set<() => void>
}

const Context = createContext<UndoContext | null>(null)

export function useUndo(): Undo {
  return useUndoContext()
}

/** For what is shown and is no query: is called after each undo and redo. */
export function useUndone(onUndone: () => void): void {
  const { listeners } = useUndoContext()
  const latest = useRef(onUndone)
  useEffect(() => {
    latest.current = onUndone
  })
  useEffect(() => {
    const call = () => latest.current()
    listeners.add(call)
    return () => void listeners.delete(call)
  }, [listeners])
}

function useUndoContext(): UndoContext {
  const undo = useContext(Context)
  if (undo === null) throw new Error('there is no UndoProvider above')
  return undo
}

/** Undo and redo of what this tab has done. */
export function UndoProvider({ children }: { readonly children: ReactNode }) {
  const { admin } = useSession()
  const queries = useQueryClient()
  const toast = useToast()
  const history = useRef<UndoHistory>(NOTHING_DONE)
  /** One after the other: each undo finds what those before it have made. */
  const last = useRef<Promise<unknown>>(Promise.resolve())
  const [asked, setAsked] = useState<{ readonly running: Running; readonly conflicts: UndoConflicts } | null>(null)

  const run = async (running: Running, leaveOut: UndoConflicts = []): Promise<void> => {
    const { done, way } = running
    const call = { params: { id: done.action } }
    try {
      const leave_out = leaveOut.map(({ collection, key }) => ({ collection, key }))
      const { action, users_without_credentials: users } = await admin.undoChange({ ...call, body: { leave_out } })
      history.current = (way === 'undo' ? withUndone : withRedone)(history.current, done, action)
      await queries.invalidateQueries()
      for (const listener of context.listeners) listener()
      const again: Running | null =
        action === null ? null : { done: { ...done, action }, way: way === 'undo' ? 'redo' : 'undo' }
      toast({
        title: way === 'undo' ? `Undone: ${done.title}` : `Done again: ${done.title}`,
        ...(users > 0 && { description: returned(users) }),
        ...(again && { action: { label: way === 'undo' ? 'Redo' : 'Undo', run: () => void inTurn(() => again) } }),
      })
    } catch (error) {
      const conflicts = await conflictsBehind(error, () => admin.undoChange({ ...call, body: { dry_run: true } }))
      if (conflicts.length > 0) setAsked({ running, conflicts })
      else toast({ kind: 'error', title: `Not undone: ${done.title}`, description: messageOf(error) })
    }
  }
  const latest = useRef(run)
  useEffect(() => {
    latest.current = run
  })

  /** Once what is under way has ended. @param which null: there is nothing to do */
  const inTurn = useCallback((which: () => Running | null): Promise<void> => {
    const turn = last.current.then(async () => {
      const running = which()
      if (running !== null) await latest.current(running)
    })
    last.current = turn
    return turn
  }, [])

  const say = useRef(toast)
  useEffect(() => {
    say.current = toast
  })
  const context = useMemo<UndoContext>(() => {
    const noted = (title: string, action: string | null) => {
      if (action !== null) history.current = withDone(history.current, { title, action })
    }
    return {
      listeners: new Set(),
      noted,
      done(title, action) {
        noted(title, action)
        const undo = action === null ? null : () => void inTurn(() => ({ done: { title, action }, way: 'undo' }))
        say.current({ title, ...(undo && { action: { label: 'Undo', run: undo } }) })
      },
      during(write) {
        const written = write()
        last.current = Promise.allSettled([last.current, written])
        return written
      },
      undo: (done) => inTurn(() => ({ done, way: 'undo' })),
    }
  }, [inTurn])

  useListedKeys(UNDO_KEYS)
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const way = wayOf(event)
      if (way === null) return
      event.preventDefault()
      void inTurn(() => {
        const done = history.current[way].at(-1)
        if (done !== undefined) return { done, way }
        say.current({ title: way === 'undo' ? 'Nothing to undo in this tab: see Recent changes' : 'Nothing to redo' })
        return null
      })
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [inTurn])

  return (
    <Context value={context}>
      {children}
      {asked && (
        <UndoConflictDialog
          title={asked.running.done.title}
          conflicts={asked.conflicts}
          onClose={() => setAsked(null)}
          onLeaveOut={() => {
            setAsked(null)
            const { running, conflicts } = asked
            last.current = last.current.then(() => latest.current(running, conflicts))
          }}
        />
      )}
    </Context>
  )
}

const UNDO_KEYS = ['undo', 'redo'] as const satisfies readonly KeyName[]

/** Inside of a field the browser undoes what was typed. */
function wayOf(event: KeyboardEvent): 'undo' | 'redo' | null {
  const { target, key, ctrlKey, metaKey, altKey, shiftKey, defaultPrevented } = event
  if (defaultPrevented || key.toLowerCase() !== 'z' || altKey || ctrlKey === metaKey) return null
  if (target instanceof Element && target.closest('input, textarea, [contenteditable=true], [role=dialog]') !== null)
    return null
  return shiftKey ? 'redo' : 'undo'
}

/** What keeps an undo from happening; none where the reason is another one. */
async function conflictsBehind(
  error: unknown,
  look: () => Promise<Pick<UndoChangeResponse, 'conflicts'>>,
): Promise<UndoConflicts> {
  if (!(error instanceof AdminApiError) || error.status !== 409) return []
  try {
    return (await look()).conflicts
  } catch {
    return []
  }
}

function returned(users: number): string {
  return users === 1
    ? 'The user has no password and no sessions: a new password is set by mail.'
    : `${users.toLocaleString('en')} users have no password and no sessions: new passwords are set by mail.`
}
