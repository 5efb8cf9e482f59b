import { useNavigate } from '@tanstack/react-router'
import type { KeyboardEvent, ReactNode } from 'react'
import { Button } from '../../kit/button'
import { ErrorState, Skeleton } from '../../kit/states'
import { type LiveEntry, useLiveList } from './live-list'
import { LiveListHead } from './live-list-head'
import { useListMove } from './use-list-move'
import { LIVE_PAGE, type LivePages } from './use-live-pages'

/** Of the address, in every list that goes on by itself. */
export interface LiveListSearch {
  /** The entry whose details are open. */
  readonly id?: string
  /** 0: the list stands still. */
  readonly live?: 0
}

export interface LiveListPageProps<Entry> {
  readonly title: string
  /** What is listed, in the plural: "requests". */
  readonly what: string
  readonly search: LiveListSearch
  readonly pages: LivePages<Entry>
  /** At the right of the title. */
  readonly actions?: ReactNode
  readonly filters: ReactNode
  /** Between the filters and the list. */
  readonly above?: ReactNode
  /** Where nothing is listed. */
  readonly empty: ReactNode
  /** Its rows have `data-id`, and a link in them. @param open the entry whose details are shown */
  table(entries: readonly Entry[], open: string | undefined): ReactNode
  /** The details of one. */
  panel(panel: LiveListPanel): ReactNode
}

export interface LiveListPanel {
  readonly id: string
  readonly onClose: () => void
  /** ↑ and ↓ go to the next entry from the panel too. */
  readonly onKeyDown: (event: KeyboardEvent) => void
}

/** A list that goes on by itself; while the details of an entry are open beside it, it stands still and counts. */
export function LiveListPage<Entry extends LiveEntry>({
  title,
  what,
  search: { id, live },
  pages,
  actions,
  filters,
  above,
  empty,
  table,
  panel,
}: LiveListPageProps<Entry>) {
  const navigate = useNavigate()
  const isStopped = id !== undefined || live === 0
  const { shown, fresh, catchUp } = useLiveList(pages.entries, { isStopped, key: pages.key })

  // Every list has these two in its address, which the router cannot know of a page that it is not told.
  function change(to: LiveListSearch, { replace }: { readonly replace: boolean }): void {
    const search = ({ id: _, live: __, ...before }: LiveListSearch) => ({ ...before, ...to })
    void navigate({ to: '.', search, replace } as never)
  }
  const stopped = live === 0 ? { live } : {}
  const select = (next: string | undefined) =>
    change(next === undefined ? stopped : { ...stopped, id: next }, { replace: id !== undefined })
  const pause = () => change(isStopped ? {} : { live: 0 }, { replace: false })
  const { ref, onKeyDown } = useListMove({ ids: shown?.map((entry) => entry.id) ?? [], open: id, select })

  return (
    <div className="flex h-full min-h-0">
      <div className="flex min-w-0 flex-1 flex-col overflow-auto">
        <div className="flex flex-col gap-4 p-6 max-sm:p-4">
          <LiveListHead
            title={title}
            isLive={pages.isLive}
            isStopped={isStopped}
            fresh={fresh}
            page={LIVE_PAGE}
            actions={actions}
            onCatchUp={() => {
              catchUp()
              change({}, { replace: false })
            }}
            onPause={pages.isLive ? pause : undefined}
          />
          {filters}
          {pages.error !== null && (
            <ErrorState what={`The ${what} could not be read`} error={pages.error} onRetry={pages.retry} />
          )}
          {above}
          {shown === undefined && pages.error === null && <Skeleton className="h-[480px] w-full" />}
          {shown?.length === 0 && empty}
          {shown !== undefined && shown.length > 0 && (
            // biome-ignore lint/a11y/noStaticElementInteractions: arrow keys move from one link in it to the next
            <div ref={ref} onKeyDown={onKeyDown} className="@container">
              {table(shown, id)}
            </div>
          )}
          {pages.readMore !== null && shown !== undefined && shown.length > 0 && (
            <Button isBusy={pages.isReadingMore} onClick={pages.readMore} className="self-start">
              Show more
            </Button>
          )}
        </div>
      </div>
      {id !== undefined && panel({ id, onClose: () => select(undefined), onKeyDown })}
    </div>
  )
}
