import type { ListChangesResponse } from '@koyalite/client/admin'
import { useQuery } from '@tanstack/react-query'
import { AppLink } from '../../kit/app-link'
import { ErrorState, Skeleton } from '../../kit/states'
import { minuteOf } from '../../kit/times'
import { useSession } from '../../session/session-context'

const SHOWN = 6

/** What people did to documents last. */
export function RecentChanges() {
  const { admin } = useSession()
  const { data, error, refetch } = useQuery({
    queryKey: ['changes', 'recent'],
    queryFn: () => admin.listChanges({ query: { limit: SHOWN } }),
  })
  return (
    <section aria-labelledby="changes" className="flex flex-col gap-3">
      <h2 id="changes" className="text-title font-semibold">
        Recent changes
      </h2>
      {error !== null && (
        <ErrorState what="The changes could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {data === undefined && error === null && <Skeleton className="h-[120px] w-full" />}
      {data?.actions.length === 0 && (
        <p className="text-text-2">Nobody has changed documents in the studio lately. What is changed can be undone.</p>
      )}
      {data !== undefined && data.actions.length > 0 && (
        <ul className="divide-y divide-line rounded-panel border border-line">
          {data.actions.map(({ id, at, operator, changes, undoes, undone_by }) => (
            <li key={id} className="flex flex-wrap items-baseline gap-x-3 px-4 py-2">
              <span className="min-w-0 flex-1 break-words">
                {undoes !== null && 'Undo: '}
                {changes.length === 0
                  ? 'Nothing changed'
                  : changes.map((one) => <Change key={one.collection} change={one} />)}
                {undone_by !== null && <span className="text-text-3"> (undone)</span>}
              </span>
              <span className="text-text-2">{operator?.email ?? 'the server'}</span>
              <span className="whitespace-nowrap text-text-3">{minuteOf(at)}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

type CollectionChange = ListChangesResponse['actions'][number]['changes'][number]

function Change({ change: { collection, inserted, updated, deleted } }: { readonly change: CollectionChange }) {
  const done = [
    [inserted, 'added'],
    [updated, 'changed'],
    [deleted, 'deleted'],
  ] as const
  const text = done.flatMap(([count, verb]) => (count > 0 ? [`${count.toLocaleString('en')} ${verb}`] : [])).join(', ')
  return (
    <span className="mr-3">
      <AppLink href={`/data/${encodeURIComponent(collection)}`} className="text-link underline">
        {collection}
      </AppLink>
      : {text}
    </span>
  )
}
