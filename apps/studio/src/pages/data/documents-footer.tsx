import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useSyncExternalStore } from 'react'
import type { DataSearch } from '../../documents/data-search'
import type { LiveList } from '../../documents/live/use-live-list'
import { listRequest } from '../../documents/source/list-request'
import type { JsonObject } from '../../fields/exact-json'
import type { CollectionInfo } from '../../fields/field'
import type { RowWindow } from '../../grid/row-window'
import { messageOf } from '../../session/operator-session'
import { useSession } from '../../session/session-context'
import type { Selected } from './selected'

export interface DocumentsFooterProps {
  readonly collection: CollectionInfo
  readonly source: RowWindow<JsonObject>
  /** Of the whole collection; null: not counted yet. */
  readonly documents: number | null
  readonly isFiltered: boolean
  readonly search: DataSearch
  readonly selected: Selected
  readonly live: LiveList
  readonly error: unknown
}

/** How many documents there are, and how many of them are seen or selected. */
export function DocumentsFooter({
  collection,
  source,
  documents,
  isFiltered,
  search,
  selected: store,
  live,
  error,
}: DocumentsFooterProps) {
  useSyncExternalStore(source.subscribe, source.version)
  const selected = useSyncExternalStore(store.subscribe, store.get)
  const { count, isExact } = source
  const shown = `${count.toLocaleString('en')}${isExact ? '' : '+'}`
  const all = documents?.toLocaleString('en') ?? '…'
  const cells = selected === null ? 0 : (selected.rows.last - selected.rows.first + 1) * selected.columns.length
  return (
    <footer className="flex min-h-8 flex-none flex-wrap items-center gap-x-4 border-t border-line bg-surface px-4 py-1 text-sm text-text-2">
      <span role="status">
        {search.as !== undefined ? (
          <SeenBy {...{ collection, search, count, isExact }} />
        ) : isFiltered ? (
          `${shown} of ${all}`
        ) : (
          `${isExact ? shown : all} ${isExact && count === 1 ? 'document' : 'documents'}`
        )}
      </span>
      {selected !== null && cells > 1 && (
        <span>
          {selected.isAll
            ? 'All that match selected'
            : `${(selected.rows.last - selected.rows.first + 1).toLocaleString('en')} × ${selected.columns.length} selected`}
        </span>
      )}
      {error !== null && !source.isEmpty && (
        <span role="alert" className="text-danger-text">
          {messageOf(error)}{' '}
          <button type="button" onClick={() => source.refresh()} className="font-medium underline">
            Try again
          </button>
        </span>
      )}
      {live.pending !== 0 && (
        <button
          type="button"
          title="Alt+R"
          onClick={live.refresh}
          className="rounded-control bg-accent-soft px-2 font-medium text-link hover:underline"
        >
          {Math.abs(live.pending).toLocaleString('en')} {live.pending > 0 ? 'new' : 'gone'}
        </button>
      )}
      <Link
        to="/api/$collection"
        params={{ collection: collection.name }}
        search={callOf(collection, search)}
        className="ml-auto text-link hover:underline"
      >
        API call
      </Link>
      <span className="flex items-center gap-1.5">
        <span
          aria-hidden="true"
          className={`size-2 rounded-full ${live.isLive ? 'bg-success-text' : 'border border-text-3'}`}
        />
        {live.isLive ? 'Live' : 'Not live'}
      </span>
    </footer>
  )
}

/** The view, as the page of the API takes it. */
function callOf(collection: CollectionInfo, search: DataSearch) {
  const { asked } = listRequest(collection, [], { search, columns: [] })
  const of = (wanted: string) => asked.filter(([name]) => name === wanted).map(([, value]) => value)
  const [[where], [params], [sort], filter] = [of('where'), of('params'), of('sort'), of('filter')]
  return { where, params, sort, as: search.as, ...(filter.length > 0 && { filter }) }
}

/** What the rules show to somebody else, and how many documents they hide. */
function SeenBy({
  collection,
  search,
  count,
  isExact,
}: Pick<DocumentsFooterProps, 'collection' | 'search'> & { readonly count: number; readonly isExact: boolean }) {
  const { admin } = useSession()
  const { asked } = listRequest(collection, [], { search: { ...search, as: undefined }, columns: [] })
  const { as } = search
  const { data } = useQuery({
    queryKey: ['documents', 'hidden', collection.name, as, asked],
    queryFn: () => {
      const of = (wanted: string) => asked.filter(([name]) => name === wanted).map(([, value]) => value)
      const [where] = of('where')
      const [params] = of('params')
      const values = params === undefined ? {} : { params: JSON.parse(params) as readonly unknown[] }
      return admin.countHidden({
        body: {
          collection: collection.name,
          as,
          filter: of('filter'),
          ...(where !== undefined && { where }),
          ...values,
        },
      })
    },
  })
  const hidden = data?.hidden ?? null
  const [example] = data?.examples ?? []
  return (
    <>
      {count.toLocaleString('en')}
      {isExact ? '' : '+'} visible
      {hidden !== null && hidden > 0 && (
        <>
          {' · '}
          {hidden.toLocaleString('en')} hidden by{' '}
          <Link to={`/policies/${collection.name}` as string} className="text-link underline">
            read
          </Link>
          {example !== undefined && as !== undefined && (
            <>
              {' · '}
              <Link
                to="/policies/test"
                search={{ actor: as, op: 'read', collection: collection.name, key: String(example) }}
                className="text-link underline"
              >
                why, for one of them
              </Link>
            </>
          )}
        </>
      )}
    </>
  )
}
