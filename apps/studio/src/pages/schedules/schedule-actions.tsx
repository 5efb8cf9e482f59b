import { useState } from 'react'
import { Button } from '../../kit/button'
import { ConfirmDialog } from '../../kit/confirm-dialog'
import { MoreItem, MoreMenu } from '../../kit/more-menu'
import { useScheduleActions } from './use-schedule-actions'
import type { Schedule } from './use-schedules'

/** At the end of the row of a schedule. */
export function ScheduleActions({ schedule }: { readonly schedule: Schedule }) {
  const { name, paused, source } = schedule
  const { isBusy, reason, ...actions } = useScheduleActions(name)
  const [isDeleting, setDeleting] = useState(false)
  const deleteReason = source === 'api' ? reason : 'It is stated by the manifest of its function: remove it there.'
  return (
    <div className="flex items-center justify-end gap-1">
      <Button
        kind="quiet"
        aria-label={`Run now: ${name}`}
        isBusy={isBusy}
        reason={reason}
        onClick={() => void actions.run()}
      >
        Run now
      </Button>
      <MoreMenu label={`More for ${name}`}>
        {paused === null ? (
          <MoreItem reason={reason} onClick={() => void actions.pause()}>
            Pause
          </MoreItem>
        ) : (
          <MoreItem reason={reason} onClick={() => void actions.resume()}>
            Resume
          </MoreItem>
        )}
        <MoreItem isDanger reason={deleteReason} onClick={() => setDeleting(true)}>
          Delete
        </MoreItem>
      </MoreMenu>
      {isDeleting && (
        <ConfirmDialog
          title={`Delete the schedule ${name}`}
          action={`Delete ${name}`}
          run={actions.remove}
          onClose={() => setDeleting(false)}
        >
          {schedule.function} no longer runs by it. Jobs that wait or run go on; what is recorded of its firings goes.
        </ConfirmDialog>
      )}
    </div>
  )
}
