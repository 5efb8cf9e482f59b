import type { ListMailSuppressionsResponse } from '@koyalite/client/admin'
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { Badge } from '../../kit/badge'
import { Button } from '../../kit/button'
import { ConfirmDialog } from '../../kit/confirm-dialog'
import { ListTable } from '../../kit/list-table'
import { Page } from '../../kit/page'
import { EmptyState, ErrorState, Skeleton } from '../../kit/states'
import { TextField } from '../../kit/text-field'
import { minuteOf } from '../../kit/times'
import { useToast } from '../../kit/toast'
import { useNewInAddress } from '../../kit/use-new-in-address'
import { useMay, useSession } from '../../session/session-context'
import { useKeys } from '../../shell/keyboard'
import { NewSuppressionDialog } from './new-suppression-dialog'

type Suppression = ListMailSuppressionsResponse['suppressions'][number]

const PAGE = 100

/** Addresses that nothing is sent to, and why. */
export function SuppressionsPage() {
  const { admin } = useSession()
  const [isNew, setNew] = useNewInAddress()
  const [removed, setRemoved] = useState<Suppression | null>(null)
  const reason = useMay('mail:write') ? null : 'Your role cannot change suppressions.'
  useKeys(reason === null ? { new: () => setNew(true) } : {})
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['mails', 'suppressions'],
    queryFn: ({ pageParam }) => admin.listMailSuppressions({ query: { limit: PAGE, cursor: pageParam } }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
  })
  const suppressions = data?.pages.flatMap((page) => page.suppressions)
  const add = (
    <Button kind="primary" reason={reason} onClick={() => setNew(true)}>
      Add an address
    </Button>
  )
  return (
    <Page title="Suppressed addresses" actions={suppressions !== undefined && suppressions.length > 0 && add}>
      {error !== null && (
        <ErrorState what="The addresses could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {suppressions === undefined && error === null && <Skeleton className="h-[240px] w-full" />}
      {suppressions?.length === 0 && (
        <EmptyState title="No suppressed addresses">
          <p>
            An address that a mail server says does not exist is suppressed: functions do not write to it again. One
            that you add gets nothing at all.
          </p>
          {add}
        </EmptyState>
      )}
      {suppressions !== undefined && suppressions.length > 0 && (
        <ListTable
          label="Table of suppressed addresses"
          rows={suppressions}
          keyOf={({ address, list }) => `${address} ${list ?? ''}`}
          columns={[
            {
              name: 'Address',
              cell: ({ address, list, note }) => (
                <div className="max-w-[420px] py-1.5 max-sm:max-w-[220px]">
                  <p className="truncate" title={address}>
                    {address}
                  </p>
                  {list !== null && <p className="truncate text-sm text-text-2">only of {list}</p>}
                  {note !== null && (
                    <p className="truncate text-sm text-text-2" title={note}>
                      {note}
                    </p>
                  )}
                </div>
              ),
            },
            { name: 'Reason', cell: ({ reason }) => REASONS[reason] },
            {
              name: 'Since',
              cell: ({ created_at: at }) => <span className="whitespace-nowrap">{minuteOf(at)}</span>,
            },
            {
              name: 'Actions',
              cell: (one) => (
                <Button
                  kind="quiet"
                  aria-label={`Remove ${one.address}`}
                  reason={reason}
                  onClick={() => setRemoved(one)}
                >
                  Remove
                </Button>
              ),
            },
          ]}
        />
      )}
      {hasNextPage && (
        <Button isBusy={isFetchingNextPage} onClick={() => void fetchNextPage()} className="self-start">
          Show more
        </Button>
      )}
      {isNew && reason === null && <NewSuppressionDialog onClose={() => setNew(false)} />}
      {removed !== null && <RemoveDialog suppression={removed} onClose={() => setRemoved(null)} />}
    </Page>
  )
}

const REASONS = {
  bounce: <Badge kind="warning">bounce</Badge>,
  complaint: <Badge kind="danger">complaint</Badge>,
  unsubscribe: <Badge>unsubscribed</Badge>,
  manual: <Badge>added by hand</Badge>,
} as const satisfies Readonly<Record<Suppression['reason'], ReactNode>>

function RemoveDialog({
  suppression: { address, list, reason },
  onClose,
}: {
  readonly suppression: Suppression
  readonly onClose: () => void
}) {
  const { admin } = useSession()
  const queries = useQueryClient()
  const toast = useToast()
  const [note, setNote] = useState('')
  async function remove(): Promise<void> {
    const more = { ...(list !== null && { list }), ...(note.trim() !== '' && { note: note.trim() }) }
    await admin.removeMailSuppression({ query: { address, ...more } })
    await queries.invalidateQueries({ queryKey: ['mails', 'suppressions'] })
    toast({ title: `Removed ${address}` })
  }
  return (
    <ConfirmDialog title={`Remove ${address}`} action="Remove it from the list" run={remove} onClose={onClose}>
      Mails are sent to it again.
      {reason === 'bounce' && ' If the mailbox still does not exist, it is suppressed again by the next one.'}
      {reason === 'complaint' && (
        <TextField
          label="Why they want mails again"
          hint="They have reported one as spam. The audit log keeps what you write."
          value={note}
          onChange={({ target }) => setNote(target.value)}
          className="pt-3 text-text"
        />
      )}
    </ConfirmDialog>
  )
}
