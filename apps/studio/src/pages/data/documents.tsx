import { AdminApiError } from '@koyalite/client/admin'
import { getRouteApi } from '@tanstack/react-router'
import { Lock } from 'lucide-react'
import { useCallback, useMemo, useRef, useState, useSyncExternalStore } from 'react'
import { documentColumns } from '../../documents/columns/document-columns'
import { useColumnLayout } from '../../documents/columns/use-column-layout'
import { conditionsOf, type DataSearch, sortOf, sortText } from '../../documents/data-search'
import { useLiveList } from '../../documents/live/use-live-list'
import { documentSource } from '../../documents/source/document-source'
import { listRequest } from '../../documents/source/list-request'
import type { JsonObject } from '../../fields/exact-json'
import type { CollectionInfo } from '../../fields/field'
import { useWriteReason } from '../../fields/use-may-write'
import { useZone } from '../../fields/use-zone'
import { Grid } from '../../grid/grid'
import type { GridLayout, GridSort } from '../../grid/grid-column'
import type { GridHandle } from '../../grid/grid-props'
import { ErrorState } from '../../kit/states'
import { useToast } from '../../kit/toast'
import { useOperator, useSession } from '../../session/session-context'
import { useEditingLock } from '../../shell/editing-lock'
import { useKeys, useListedKeys } from '../../shell/keyboard'
import { DocumentPanels } from '../document/document-panels'
import { NewRowStrip } from '../editing/new-row-strip'
import { TransferMenu } from '../export/transfer-menu'
import { useCounts } from './collection-list'
import { DocumentsBar } from './documents-bar'
import { DocumentsFooter } from './documents-footer'
import { EmptyDocuments } from './empty-documents'
import { createSelected } from './selected'
import { MANY_DOCUMENTS, UnindexedSort } from './unindexed-sort'
import { useCellActions } from './use-cell-actions'
import { useDocumentEditing } from './use-document-editing'
import { usePlace } from './use-place'

const route = getRouteApi('/shell/data/$collection')

export interface DocumentsProps {
  readonly collection: CollectionInfo
  readonly collections: readonly CollectionInfo[]
}

/** A list of documents in a grid, as the address says: what is looked for above it, one document beside it. */
export function Documents({ collection, collections }: DocumentsProps) {
  const session = useSession()
  const { id: operator } = useOperator()
  const { zone } = useZone()
  const toast = useToast()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const grid = useRef<GridHandle>(null)
  const searchBox = useRef<HTMLInputElement>(null)
  const [areColumnsOpen, setColumnsOpen] = useState(false)
  const [pendingSort, setPendingSort] = useState<readonly GridSort[] | null>(null)
  const [selected] = useState(createSelected)
  const { data: counts } = useCounts()
  const documents = counts?.find(({ name }) => name === collection.name)?.documents ?? null

  /** `replace`: it is no step that Back goes over. */
  const go = (next: DataSearch, { replace = false } = {}) => void navigate({ search: next, replace })
  const ids = useMemo(() => collection.fields.filter(({ internal }) => !internal).map(({ name }) => name), [collection])
  const columnLayout = useColumnLayout({
    ...{ collection: collection.name, ids, cols: search.cols },
    onCols: (cols) => go({ ...search, cols }, { replace: true }),
  })
  const { layout } = columnLayout
  const shownIds = ids.filter((id) => !layout?.hidden.includes(id)).join(',')
  const { filter, where, q, sort: sortBy, as } = search
  const request = useMemo(
    () =>
      listRequest(collection, collections, {
        search: { filter, where, q, sort: sortBy, as },
        columns: shownIds.split(','),
      }),
    [collection, collections, filter, where, q, sortBy, as, shownIds],
  )
  const source = documentSource(session, operator, request)
  // Not each page that is read is a matter of all that is around the grid.
  useSyncExternalStore(source.subscribe, () => source.error ?? (source.isExact && source.count === 0))
  const columns = useMemo(
    () => documentColumns(collection, collections, { zone, found: q }),
    [collection, collections, zone, q],
  )
  const sort = useMemo(() => sortOf({ sort: sortBy }), [sortBy])
  const place = usePlace()
  const live = useLiveList(source, request)
  const conditions = conditionsOf(search)
  const isFiltered = conditions.some(({ isOff }) => !isOff) || where !== undefined || q !== undefined

  function onSort(next: readonly GridSort[]): void {
    const first = collection.fields.find(({ name }) => name === next[0]?.column)
    const isSlow = first !== undefined && !first.indexed && !isFiltered && (documents ?? 0) > MANY_DOCUMENTS
    if (isSlow && next[0]?.column !== sort[0]?.column) setPendingSort(next)
    else go({ ...search, sort: sortText(next) })
  }

  const actions = useCellActions({
    ...{ collection, collections, search, source, grid, go, refresh: live.refresh },
    findColumn: () => setColumnsOpen(true),
    find: () => searchBox.current?.focus(),
  })
  const [focusedField, setFocusedField] = useState<string>()
  const columnIds = layout === undefined ? ids : shownOrder(ids, layout)
  const editing = useDocumentEditing({
    ...{ collection, collections, search, source, request, go },
    columns: columnIds,
    onFocused: setFocusedField,
    onWritten: live.forget,
  })
  const { markOf: editMark } = editing
  const { markOf: liveMark } = live
  const markOf = useCallback(
    (row: JsonObject, column: string | null) => editMark(row, column) ?? liveMark(row, column),
    [editMark, liveMark],
  )
  const mayNotWrite = useWriteReason(collection.name)
  const lock = useEditingLock()
  const reason = search.as === undefined ? mayNotWrite : 'As somebody else, you only read.'
  const startNew = () => go({ ...search, doc: undefined, over: undefined, new: true, of: undefined })
  useKeys({ search: () => searchBox.current?.focus(), ...(reason === null && { new: startNew }) })
  useListedKeys(['gridMove', 'gridCopy', 'gridAll', 'gridFilter', 'gridColumn', 'gridRefresh', 'gridPeek', 'gridMenu'])

  const { error } = source
  const isRefused = error instanceof AdminApiError && (error.code === 'INVALID_FILTER' || error.code === 'INVALID_SORT')
  const isEmpty = source.isExact && source.count === 0

  return (
    <div className="flex min-h-0 flex-1">
      <div className="flex min-w-0 flex-1 flex-col">
        <DocumentsBar
          {...{ collection, collections, search, go, conditions, searchBox }}
          documents={documents}
          error={isRefused ? error.message : null}
          layout={layout}
          columns={columnLayout}
          areColumnsOpen={areColumnsOpen}
          onColumnsOpen={setColumnsOpen}
          onFindColumn={(id) => grid.current?.findColumn(id)}
          transfer={
            <TransferMenu
              request={request}
              shown={[...new Set([...(layout?.order ?? []), ...ids])].filter((id) => !layout?.hidden.includes(id))}
              source={source}
            />
          }
        />
        {error !== null && !isRefused && source.isEmpty ? (
          <ErrorState
            what={`The documents of ${collection.name} could not be read`}
            error={error}
            onRetry={() => source.refresh()}
          />
        ) : isEmpty ? (
          <EmptyDocuments {...{ collection, search, documents, isFiltered, go }} />
        ) : layout === undefined ? (
          <div className="flex-1" />
        ) : (
          <Grid
            key={JSON.stringify(request.asked)}
            ref={grid}
            label={`Documents of ${collection.name}`}
            {...{ source, columns, layout, sort, onSort }}
            onLayout={columnLayout.change}
            menuOf={(cell, target) => [...actions.menuOf(cell, target), ...editing.menuOf(cell, target)]}
            editing={editing.editing}
            markOf={markOf}
            onKey={actions.onKey}
            onSelect={selected.set}
            onShow={live.onShow}
            onCopied={({ rows, columns: width }) =>
              rows * width > 1 && toast({ title: `Copied ${rows.toLocaleString('en')} × ${width} cells` })
            }
            corner={
              lock.isLocked ? (
                <span title={lock.reason ?? undefined}>
                  <Lock role="img" aria-label="Editing is locked" size={14} strokeWidth={1.5} />
                </span>
              ) : undefined
            }
            place={place.read()}
            onPlace={place.keep}
          />
        )}
        <NewRowStrip reason={reason} onNew={startNew} onPaste={(block) => editing.pasteNew(block)} />
        <DocumentsFooter {...{ collection, source, documents, isFiltered, search, selected, live }} error={error} />
      </div>
      <DocumentPanels
        collection={collection}
        search={search}
        onSearch={(next, options) => {
          const { doc: _doc, over: _over, tab: _tab, new: _new, of: _of, ...list } = search
          go({ ...list, ...next }, options)
        }}
        onStep={actions.onStep}
        focused={focusedField}
        onWritten={editing.show}
        onListed={editing.refresh}
        onClosed={() => {
          setFocusedField(undefined)
          grid.current?.focus()
        }}
      />
      {editing.dialogs}
      {pendingSort !== null && (
        <UnindexedSort
          collection={collection.name}
          field={pendingSort[0]?.column ?? ''}
          documents={documents ?? 0}
          onClose={() => setPendingSort(null)}
          onSort={() => {
            setPendingSort(null)
            go({ ...search, sort: sortText(pendingSort) })
          }}
        />
      )}
    </div>
  )
}

/** The fields that are shown, from left to right. */
function shownOrder(ids: readonly string[], { order, hidden, pinned }: GridLayout): readonly string[] {
  const known = order.filter((id) => ids.includes(id))
  const all = [...known, ...ids.filter((id) => !known.includes(id))].filter((id) => !hidden.includes(id))
  return [...pinned.filter((id) => all.includes(id)), ...all.filter((id) => !pinned.includes(id))]
}
