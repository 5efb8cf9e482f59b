import { useState } from 'react'
import { Button } from '../../kit/button'
import { minuteOf } from '../../kit/times'
import { useMay } from '../../session/session-context'
import type { Backup, Backups } from './backups'
import { RestoreDialog } from './restore-dialog'

/** For how long a restore is worth a line above the list. */
const RECENT_MS = 7 * 86_400_000

export interface LastRestoreProps {
  readonly restore: NonNullable<Backups['last_restore']>
  readonly backups: readonly Backup[]
}

/** What was restored last, and the way back. */
export function LastRestore({ restore, backups }: LastRestoreProps) {
  const mayWrite = useMay('backups:write')
  const [isOpen, setOpen] = useState(false)
  const before = backups.find(({ name }) => name === restore.before)
  if (restore.problem !== undefined) {
    return (
      <p role="alert" className="rounded-panel bg-danger-soft px-4 py-3 text-danger-text">
        The backup that was restored at {minuteOf(restore.at)} could not be served, so everything is as it was before:{' '}
        {restore.problem}
      </p>
    )
  }
  if (Date.parse(restore.at) < Date.now() - RECENT_MS) return null
  return (
    <div className="flex flex-wrap items-center gap-3 rounded-panel border border-line bg-surface px-4 py-3">
      <p className="min-w-0 flex-1">
        At {minuteOf(restore.at)} everything went back
        {restore.created_at == null ? ' to a backup' : ` to ${minuteOf(restore.created_at)}`}
        {restore.backup !== undefined && (
          <>
            {' '}
            (<code className="font-mono text-code break-all">{restore.backup}</code>)
          </>
        )}
        .
      </p>
      {before !== undefined && (
        <Button reason={mayWrite ? null : 'Only owners restore backups.'} onClick={() => setOpen(true)}>
          Undo the restore
        </Button>
      )}
      {isOpen && before !== undefined && <RestoreDialog backup={before} onClose={() => setOpen(false)} />}
    </div>
  )
}
