import type { ListMailSuppressionsResponse } from '@koyalite/client/admin'
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Badge } from '../../kit/badge'
import { Button } from '../../kit/button'
import { ConfirmDialog } from '../../kit/confirm-dialog'
import { ListTable } from '../../kit/list-table'
import { Page } from '../../kit/page'
import { EmptyState, ErrorState, Skeleton } from '../../kit/states'
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
          keyOf={({ address }) => address}
          columns={[
            {
              name: 'Address',
              cell: ({ address, note }) => (
                <div className="max-w-[420px] py-1.5 max-sm:max-w-[220px]">
                  <p className="truncate" title={address}>
                    {address}
                  </p>
                  {note !== null && (
                    <p className="truncate text-sm text-text-2" title={note}>
                      {note}
                    </p>
                  )}
                </div>
              ),
            },
            { name: 'Reason', cell: ({ reason }) => <ReasonBadge reason={reason} /> },
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

function ReasonBadge({ reason }: Pick<Suppression, 'reason'>) {
  return (
    <Badge kind={reason === 'manual' ? 'plain' : 'warning'}>{reason === 'manual' ? 'added by hand' : reason}</Badge>
  )
}

function RemoveDialog({
  suppression: { address, reason },
  onClose,
}: {
  readonly suppression: Suppression
  readonly onClose: () => void
}) {
  const { admin } = useSession()
  const queries = useQueryClient()
  const toast = useToast()
  async function remove(): Promise<void> {
    await admin.removeMailSuppression({ query: { address } })
    await queries.invalidateQueries({ queryKey: ['mails', 'suppressions'] })
    toast({ title: `Removed ${address}` })
  }
  return (
    <ConfirmDialog title={`Remove ${address}`} action="Remove it from the list" run={remove} onClose={onClose}>
      Mails are sent to it again.
      {reason !== 'manual' && ' If the mailbox still does not exist, it is suppressed again by the next one.'}
    </ConfirmDialog>
  )
}
