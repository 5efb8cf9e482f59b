import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from '../../kit/button'
import { ConfirmDialog } from '../../kit/confirm-dialog'
import { useToast } from '../../kit/toast'
import { useMay, useSession } from '../../session/session-context'
import { useQueues } from './use-queues'

/** Said where jobs are held since the project was copied or restored; nothing where none are. */
export function HeldJobs() {
  const { admin } = useSession()
  const queries = useQueryClient()
  const toast = useToast()
  const mayWrite = useMay('jobs:write')
  const [isAsking, setAsking] = useState(false)
  const held = useQueues().data?.held ?? 0
  if (held === 0) return null
  async function release(): Promise<void> {
    const { released } = await admin.releaseJobs()
    await queries.invalidateQueries({ queryKey: ['jobs'] })
    toast({ title: `Released ${countText(released)}` })
  }
  return (
    <section aria-label="Held jobs" className="flex flex-wrap items-center gap-3 rounded-panel bg-warning-soft p-4">
      <p className="min-w-0 flex-1 basis-[320px]">
        <span className="font-medium">{countText(held)} held.</span> This project was copied or restored: the original
        may have run what waited here.
      </p>
      <Button reason={mayWrite ? null : 'Your role cannot release jobs.'} onClick={() => setAsking(true)}>
        Release
      </Button>
      {isAsking && (
        <ConfirmDialog
          title={`Release ${countText(held)}`}
          action={`Release ${countText(held)}`}
          run={release}
          onClose={() => setAsking(false)}
        >
          They run here from now on. What the original has run already is done a second time: mails are sent again,
          other services are called again.
        </ConfirmDialog>
      )}
    </section>
  )
}

function countText(count: number): string {
  return count === 1 ? '1 job' : `${count.toLocaleString('en')} jobs`
}
