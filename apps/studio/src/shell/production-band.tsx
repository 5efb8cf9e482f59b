import { Lock, LockOpen } from 'lucide-react'
import { useState } from 'react'
import { classNames } from '../kit/class-names'
import { useToast } from '../kit/toast'
import { messageOf } from '../session/operator-session'
import { useOperator } from '../session/session-context'
import { useEditingLock } from './editing-lock'
import { PROJECT } from './project'

/** On every page of production: where one is, in a word and a colour, and whether documents can be changed. */
export function ProductionBand() {
  if (PROJECT.environment !== 'production') return null
  return <Band />
}

function Band() {
  const { isLocked, until, unlock, lock } = useEditingLock()
  const { role } = useOperator()
  const toast = useToast()
  const [isBusy, setBusy] = useState(false)
  async function change(): Promise<void> {
    setBusy(true)
    try {
      await (isLocked ? unlock() : lock())
      toast({ title: isLocked ? 'Editing is unlocked for 15 minutes' : 'Editing is locked' })
    } catch (failure) {
      toast({ kind: 'error', title: 'The lock was not changed', description: messageOf(failure) })
    } finally {
      setBusy(false)
    }
  }
  const Icon = isLocked ? Lock : LockOpen
  return (
    <section
      aria-label="Environment"
      className="col-span-full flex h-8 items-center gap-3 bg-production px-4 text-on-production max-sm:h-10 max-sm:px-3"
    >
      <strong className="font-semibold">Production</strong>
      <span className="truncate max-sm:hidden">{PROJECT.name}</span>
      <span className="flex-1" />
      {role === 'viewer' ? (
        <span className="truncate">Your role reads only</span>
      ) : (
        <>
          <span className={classNames('flex items-center gap-1.5 truncate', isLocked && 'max-sm:hidden')}>
            <Icon aria-hidden="true" size={14} strokeWidth={1.75} className="flex-none" />
            {until === null ? 'Editing is locked' : `Editing until ${localTime(until)}`}
          </span>
          <button
            type="button"
            aria-busy={isBusy || undefined}
            onClick={isBusy ? undefined : () => void change()}
            className="rounded-control border border-current px-2 py-0.5 font-medium whitespace-nowrap focus-visible:outline-current max-sm:py-1.5"
          >
            {isLocked ? 'Unlock editing for 15 minutes' : 'Lock'}
          </button>
        </>
      )}
    </section>
  )
}

/** By the clock of whoever looks: it is about the next minutes. */
function localTime(at: string): string {
  return new Date(at).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
}
