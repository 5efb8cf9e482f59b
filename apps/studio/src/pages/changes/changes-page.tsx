import type { ListChangesResponse } from '@koyalite/client/admin'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { Badge } from '../../kit/badge'
import { Button } from '../../kit/button'
import { ListTable } from '../../kit/list-table'
import { Page } from '../../kit/page'
import { EmptyState, ErrorState, Skeleton } from '../../kit/states'
import { minuteOf } from '../../kit/times'
import { actionText, returningUsers } from '../../kit/undo/action-text'
import { useUndo } from '../../kit/undo/undo-provider'
import { useMay, useSession } from '../../session/session-context'
import { useEditingLock } from '../../shell/editing-lock'

type Action = ListChangesResponse['actions'][number]

const TAB =
  'rounded-control px-2.5 py-1 text-text-2 hover:bg-sunken hover:text-text aria-[current=page]:bg-sunken aria-[current=page]:font-medium aria-[current=page]:text-text'

/** What operators did, the last first, each with its Undo. */
export function ChangesPage() {
  const { admin } = useSession()
  const { all = false } = useSearch({ from: '/shell/changes' })
  const maySeeAll = useMay('all_changes:read')
  const isOfAll = all && maySeeAll
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['changes', isOfAll],
    queryFn: ({ pageParam }) => admin.listChanges({ query: { all: isOfAll, cursor: pageParam, limit: 50 } }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
    refetchOnWindowFocus: true,
  })
  const actions = data?.pages.flatMap((page) => page.actions)
  return (
    <Page title="Recent changes">
      {maySeeAll && (
        <nav aria-label="Whose changes" className="flex gap-1">
          <Link from="/changes" search={{}} activeOptions={{ exact: true, includeSearch: true }} className={TAB}>
            Mine
          </Link>
          <Link from="/changes" search={{ all: true }} className={TAB}>
            Everybody's
          </Link>
        </nav>
      )}
      {error !== null && (
        <ErrorState what="The changes could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {actions === undefined && error === null && <Skeleton className="h-[240px] w-full" />}
      {actions?.length === 0 && (
        <EmptyState title="No recent changes">
          <p>
            What you change in documents is listed here for as long as the change log goes back (24 hours, unless
            <code className="font-mono"> database.changes</code> says otherwise), and can be undone.
          </p>
        </EmptyState>
      )}
      {actions !== undefined && actions.length > 0 && (
        <ListTable
          label="Table of changes"
          rows={actions}
          keyOf={({ id }) => id}
          columns={[
            { name: 'When', cell: ({ at }) => <span className="whitespace-nowrap">{minuteOf(at)}</span> },
            ...(isOfAll ? [{ name: 'Who', cell: ({ operator }: Action) => operator?.email ?? 'the server' }] : []),
            { name: 'What', cell: (action) => <What action={action} /> },
            { name: 'Undo', cell: (action) => <UndoButton action={action} /> },
          ]}
        />
      )}
      {hasNextPage && (
        <Button isBusy={isFetchingNextPage} onClick={() => void fetchNextPage()} className="self-start">
          Show more
        </Button>
      )}
    </Page>
  )
}

function What({ action }: { readonly action: Action }) {
  const { changes, undoes, undone_by, impossible } = action
  const users = returningUsers(changes)
  return (
    <span className="flex flex-wrap items-center gap-x-2 gap-y-1 py-1.5">
      <span>{actionText(changes)}</span>
      {undoes !== null && <Badge>undo</Badge>}
      {undone_by !== null && <Badge>undone</Badge>}
      {impossible !== null && undone_by === null && <span className="text-sm text-text-3">{impossible.message}</span>}
      {impossible === null && users > 0 && (
        <span className="text-sm text-text-3">Users come back without password and sessions.</span>
      )}
    </span>
  )
}

function UndoButton({ action: { id, changes, undoes, impossible } }: { readonly action: Action }) {
  const { undo } = useUndo()
  const lock = useEditingLock()
  const [isBusy, setBusy] = useState(false)
  const title = actionText(changes)
  const run = async () => {
    setBusy(true)
    await undo({ action: id, title })
    setBusy(false)
  }
  return (
    <span className="flex justify-end">
      <Button
        kind="quiet"
        isBusy={isBusy}
        reason={impossible?.message ?? lock.reason}
        aria-label={`${undoes === null ? 'Undo' : 'Redo'}: ${title}`}
        onClick={() => void run()}
      >
        {undoes === null ? 'Undo' : 'Redo'}
      </Button>
    </span>
  )
}
