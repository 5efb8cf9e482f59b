import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from '../../kit/button'
import { Page } from '../../kit/page'
import { sizeText } from '../../kit/quantities'
import { EmptyState, ErrorState, Skeleton } from '../../kit/states'
import { minuteOf } from '../../kit/times'
import { useToast } from '../../kit/toast'
import { useMay, useSession } from '../../session/session-context'
import { useKeys } from '../../shell/keyboard'
import { BackupTable } from './backup-table'
import { BACKUPS_KEY, type Backups } from './backups'
import { LastRestore } from './last-restore'
import { ScheduleDialog } from './schedule-dialog'
import { UploadBackup } from './upload-backup'

/** Whether there is a good backup, when the next one comes, and how to go back to one. */
export function BackupsPage() {
  const { admin } = useSession()
  const queries = useQueryClient()
  const toast = useToast()
  const mayWrite = useMay('backups:write')
  const [isScheduling, setScheduling] = useState(false)
  const { data, error, refetch } = useQuery({ queryKey: BACKUPS_KEY, queryFn: () => admin.listBackups() })
  const creation = useMutation({
    mutationFn: () => admin.createBackup({ body: {} }),
    onSuccess: async (made) => {
      await queries.invalidateQueries({ queryKey: BACKUPS_KEY })
      toast({ title: `Backed up ${sizeText(made.bytes ?? 0)} to ${made.name}` })
    },
  })
  const reason = mayWrite ? null : 'Only owners make and restore backups.'
  useKeys(mayWrite && !creation.isPending ? { new: () => creation.mutate() } : {})
  return (
    <Page
      title="Backups"
      actions={
        <>
          <Button reason={reason} onClick={() => setScheduling(true)}>
            Schedule
          </Button>
          <UploadBackup reason={reason} />
          <Button kind="primary" reason={reason} isBusy={creation.isPending} onClick={() => creation.mutate()}>
            Back up now
          </Button>
        </>
      }
    >
      {error !== null && (
        <ErrorState what="The backups could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {creation.error !== null && (
        <ErrorState what="Nothing was backed up" error={creation.error} onRetry={() => creation.mutate()} />
      )}
      {data === undefined && error === null && <Skeleton className="h-[260px] w-full" />}
      {data !== undefined && <Summary data={data} />}
      {data?.last_restore != null && <LastRestore restore={data.last_restore} backups={data.backups} />}
      {data?.backups.length === 0 && (
        <EmptyState title="There is no backup yet">
          <p>
            A backup is the database, the keys and the files as they are at one moment, verified. Reads and writes
            continue while it is made.
          </p>
          <Button reason={reason} onClick={() => setScheduling(true)}>
            Make one every night
          </Button>
        </EmptyState>
      )}
      {data !== undefined && data.backups.length > 0 && <BackupTable backups={data.backups} />}
      {isScheduling && data !== undefined && (
        <ScheduleDialog schedule={data.schedule} onClose={() => setScheduling(false)} />
      )}
    </Page>
  )
}

/** The last good one, the next one, and whether there is room for it. */
function Summary({ data: { backups, schedule, free } }: { readonly data: Backups }) {
  const [newest] = backups
  const { last } = schedule
  const figures = [
    ['Newest', newest?.created_at == null ? 'none' : minuteOf(newest.created_at)],
    ['Next', schedule.next === null ? 'not scheduled' : minuteOf(schedule.next)],
    ['Kept', keptText(schedule.keep)],
    ['Free space', free === null ? 'unknown' : sizeText(free)],
  ] as const
  return (
    <div className="flex flex-col gap-3">
      <dl className="flex flex-wrap gap-x-10 gap-y-3">
        {figures.map(([name, value]) => (
          <div key={name} className="flex flex-col">
            <dt className="text-sm text-text-2">{name}</dt>
            <dd className="text-title font-semibold">{value}</dd>
          </div>
        ))}
      </dl>
      {last?.ok === false && (
        <p role="alert" className="rounded-panel bg-danger-soft px-4 py-3 text-danger-text">
          The scheduled backup of {minuteOf(last.at)} failed: {last.message}
        </p>
      )}
    </div>
  )
}

const DAY_MS = 86_400_000

function keptText(keep: Backups['schedule']['keep']): string {
  if ('count' in keep) return `the last ${keep.count.toLocaleString('en')}`
  const days = keep.ageMs / DAY_MS
  return days >= 1 ? `${Math.round(days)} days` : `${Math.round(days * 24)} hours`
}
