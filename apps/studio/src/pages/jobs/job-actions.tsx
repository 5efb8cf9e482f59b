import type { GetJobDetailResponse } from '@koyalite/client/admin'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from '../../kit/button'
import { ConfirmDialog } from '../../kit/confirm-dialog'
import { useToast } from '../../kit/toast'
import { messageOf } from '../../session/operator-session'
import { useMay, useSession } from '../../session/session-context'
import { isOver } from './job-state'

export interface JobActionsProps {
  readonly job: GetJobDetailResponse
  readonly onDeleted: () => void
}

/** What can be done with a job. */
export function JobActions({ job, onDeleted }: JobActionsProps) {
  const { admin } = useSession()
  const queries = useQueryClient()
  const toast = useToast()
  const mayWrite = useMay('jobs:write')
  const [isRetrying, setRetrying] = useState(false)
  const [asking, setAsking] = useState<'cancel' | 'delete' | null>(null)
  const { id, name, state } = job
  const params = { id }
  const off = mayWrite ? null : 'Your role cannot change jobs.'
  const isRunning = state === 'running'

  async function retry(): Promise<void> {
    setRetrying(true)
    try {
      await admin.retryJob({ params })
      toast({ title: `${name} runs again` })
    } catch (failure) {
      toast({ kind: 'error', title: `${name} does not run again`, description: messageOf(failure) })
    } finally {
      setRetrying(false)
      await queries.invalidateQueries({ queryKey: ['jobs'] })
    }
  }
  async function cancel(): Promise<void> {
    const { state: next } = await admin.cancelJob({ params })
    await queries.invalidateQueries({ queryKey: ['jobs'] })
    toast({ title: next === 'running' ? `${name} was asked to stop` : `Cancelled ${name}` })
  }
  async function remove(): Promise<void> {
    await admin.deleteJob({ params })
    onDeleted()
    await queries.invalidateQueries({ queryKey: ['jobs', 'list'] })
    toast({ title: `Deleted ${name}` })
  }
  return (
    <div className="flex flex-wrap gap-2">
      <Button isBusy={isRetrying} reason={off ?? whyNotRetried(job)} onClick={() => void retry()}>
        {isOver(job) ? 'Run again' : 'Run now'}
      </Button>
      <Button reason={off ?? (isOver(job) ? `It is ${state}.` : null)} onClick={() => setAsking('cancel')}>
        Cancel
      </Button>
      <Button
        reason={off ?? (isRunning ? 'It is running: cancel it first.' : null)}
        onClick={() => setAsking('delete')}
      >
        Delete
      </Button>
      {asking === 'cancel' && (
        <ConfirmDialog
          title={`Cancel ${name}`}
          action={`Cancel ${name}`}
          keep="Keep it"
          run={cancel}
          onClose={() => setAsking(null)}
        >
          {isRunning
            ? 'It is asked to stop, and is cancelled once it has. What it has done by then stays.'
            : 'It does not run, until somebody runs it again.'}
        </ConfirmDialog>
      )}
      {asking === 'delete' && (
        <ConfirmDialog title={`Delete ${name}`} action={`Delete ${name}`} run={remove} onClose={() => setAsking(null)}>
          {isOver(job)
            ? 'Its payload, its result and its error are gone. Its executions and the audit log stay.'
            : 'It does not run, and its payload is gone.'}
        </ConfirmDialog>
      )}
    </div>
  )
}

/** Why it cannot be run again, or now; null where it can. */
function whyNotRetried({ state, run_at, why }: GetJobDetailResponse): string | null {
  if (state === 'running') return 'It is running.'
  if (state === 'done') return 'It is done: push another one.'
  const isDue = state === 'waiting' && Date.parse(run_at) <= Date.now()
  return isDue ? (why ?? 'It runs as soon as it is its turn.') : null
}
