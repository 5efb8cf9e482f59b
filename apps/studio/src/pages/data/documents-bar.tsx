import { Menu } from '@base-ui/react/menu'
import { Bookmark, Braces, Plus, SlidersHorizontal } from 'lucide-react'
import { type ReactNode, type RefObject, useEffect, useState } from 'react'
import { ColumnsMenu } from '../../documents/columns/columns-menu'
import type { ColumnLayout } from '../../documents/columns/use-column-layout'
import { type DataSearch, withConditions } from '../../documents/data-search'
import type { Condition } from '../../documents/filters/condition'
import { FilterBar } from '../../documents/filters/filter-bar'
import { WhereBox } from '../../documents/filters/where-box'
import { textFields } from '../../documents/source/list-request'
import { SaveViewDialog } from '../../documents/views/save-view-dialog'
import { useViews } from '../../documents/views/use-views'
import type { CollectionInfo } from '../../fields/field'
import { useWriteReason } from '../../fields/use-may-write'
import { ZoneSwitch } from '../../fields/zone-switch'
import type { GridLayout } from '../../grid/grid-column'
import { ActorPicker } from '../../kit/actor-picker'
import { Button } from '../../kit/button'
import { classNames } from '../../kit/class-names'
import { ListButton } from '../../kit/list-beside'
import { INPUT } from '../../kit/text-field'
import { useToast } from '../../kit/toast'
import { messageOf } from '../../session/operator-session'
import { useEditingLock } from '../../shell/editing-lock'
import { MANY_DOCUMENTS } from './unindexed-sort'

export interface DocumentsBarProps {
  readonly collection: CollectionInfo
  readonly collections: readonly CollectionInfo[]
  readonly search: DataSearch
  go(search: DataSearch, options?: { readonly replace?: boolean }): void
  readonly conditions: readonly Condition[]
  readonly searchBox: RefObject<HTMLInputElement | null>
  readonly documents: number | null
  /** What the server says of the filters. */
  readonly error: string | null
  readonly layout: GridLayout | undefined
  readonly columns: ColumnLayout
  readonly areColumnsOpen: boolean
  onColumnsOpen(isOpen: boolean): void
  onFindColumn(id: string): void
  /** Import and export. */
  readonly transfer: ReactNode
}

/** Above the grid: what is shown of the collection, and as whom. */
export function DocumentsBar(props: DocumentsBarProps) {
  const { collection, collections, search, go, conditions, error, layout, columns } = props
  const lock = useEditingLock()
  const mayNotWrite = useWriteReason(collection.name)
  const [isWhereOpen, setWhereOpen] = useState(search.where !== undefined)
  const [isFolded, setFolded] = useState(true)
  const applied = conditions.filter(({ isOff }) => !isOff).length + (search.where === undefined ? 0 : 1)
  const isAs = search.as !== undefined ? 'As somebody else, you only read.' : null
  return (
    <div className="flex flex-none flex-col gap-2 border-b border-line px-4 py-2">
      <div className="flex items-center gap-2">
        <ListButton />
        {/* On a phone the top bar has the name already. */}
        <h1
          className="mr-2 max-w-[28%] flex-none truncate text-title font-semibold max-sm:sr-only"
          title={[collection.name, collection.description].filter(Boolean).join('\n')}
        >
          {collection.name}
        </h1>
        <SearchBox key={search.q} {...props} />
        <span className="flex-1 max-sm:hidden" />
        <ActorPicker
          label="View as"
          isCompact
          value={search.as ?? 'operator'}
          onChange={(actor) => go({ ...search, as: actor === 'operator' ? undefined : actor })}
        />
        <FoldButton applied={applied} isFolded={isFolded} onFold={setFolded} />
        <Button
          kind="primary"
          reason={isAs ?? mayNotWrite ?? lock.reason}
          onClick={() => go({ ...search, doc: undefined, over: undefined, new: true, of: undefined })}
        >
          <Plus aria-hidden="true" size={16} strokeWidth={1.5} />
          <span className="max-sm:sr-only">New document</span>
        </Button>
      </div>
      <div
        id={TOOLS}
        className={classNames('flex flex-wrap items-center gap-2 max-sm:gap-1', isFolded && 'max-sm:hidden')}
      >
        <FilterBar {...{ collection, collections, conditions }} onChange={(next) => go(withConditions(search, next))} />
        {!isWhereOpen && (
          <button
            type="button"
            onClick={() => setWhereOpen(true)}
            title="Expression"
            className="inline-flex h-7 items-center gap-1 rounded-control px-2 text-text-2 hover:bg-sunken hover:text-text max-sm:h-10 max-sm:px-3"
          >
            <Braces aria-hidden="true" size={14} strokeWidth={1.5} />
            <span className="max-sm:sr-only">Expression</span>
          </button>
        )}
        <div className="ml-auto flex items-center">
          {layout !== undefined && (
            <ColumnsMenu
              {...{ collection, layout }}
              onLayout={columns.change}
              onReset={columns.reset}
              onFind={props.onFindColumn}
              isOpen={props.areColumnsOpen}
              onOpen={props.onColumnsOpen}
            />
          )}
          <ViewsMenu {...{ collection, search, go }} />
          {props.transfer}
          <ZoneSwitch />
        </div>
        {isWhereOpen && (
          <WhereBox
            {...{ collection, collections, error }}
            value={search.where ?? ''}
            onApply={(where) => go({ ...search, where: where === '' ? undefined : where })}
            onClose={() => setWhereOpen(false)}
          />
        )}
      </div>
      {error !== null && (!isWhereOpen || isFolded) && (
        <p role="alert" className={classNames('text-danger-text', isWhereOpen && 'sm:hidden')}>
          {error}
        </p>
      )}
    </div>
  )
}

const TOOLS = 'documents-tools'

/** On a phone the second row is folded away: the documents need its height more. How many filters apply is seen all the same. */
function FoldButton({
  applied,
  isFolded,
  onFold,
}: {
  readonly applied: number
  readonly isFolded: boolean
  readonly onFold: (isFolded: boolean) => void
}) {
  return (
    <button
      type="button"
      aria-label={applied === 0 ? 'Filters and columns' : `Filters and columns, ${applied} applied`}
      aria-expanded={!isFolded}
      aria-controls={TOOLS}
      onClick={() => onFold(!isFolded)}
      className={classNames(
        'flex h-10 min-w-10 flex-none items-center justify-center gap-1 rounded-control border px-2 sm:hidden',
        applied > 0 ? 'border-accent bg-accent-soft font-medium text-link' : 'border-control bg-raised text-text-2',
      )}
    >
      <SlidersHorizontal aria-hidden="true" size={16} strokeWidth={1.5} />
      {applied > 0 && applied}
    </button>
  )
}

/** Looks into the key and all texts. A large collection is read as a whole for it, so there it waits for Enter. */
function SearchBox({ collection, search, go, searchBox, documents }: DocumentsBarProps) {
  const [text, setText] = useState(search.q ?? '')
  const isLarge = (documents ?? 0) > MANY_DOCUMENTS
  const isChanged = text !== (search.q ?? '')
  const ask = () =>
    go({ ...search, q: text.trim() === '' ? undefined : text.trim() }, { replace: search.q !== undefined })
  // biome-ignore lint/correctness/useExhaustiveDependencies: when somebody stops typing
  useEffect(() => {
    if (isLarge || !isChanged) return
    const timer = setTimeout(ask, 250)
    return () => clearTimeout(timer)
  }, [text])
  const fields = textFields(collection).length
  return (
    <div className="relative w-full min-w-0 max-w-[280px] max-sm:max-w-none">
      <input
        ref={searchBox}
        type="search"
        aria-label={`Search ${collection.name}`}
        placeholder="Search"
        title={`Looks into the key and ${fields} ${fields === 1 ? 'text' : 'texts'} ( / )`}
        value={text}
        onChange={({ target }) => setText(target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') ask()
        }}
        className={INPUT}
      />
      {isLarge && isChanged && text !== '' && (
        <p className="absolute top-full left-0 z-10 mt-1 rounded-control border border-line bg-raised px-2.5 py-1.5 text-sm whitespace-nowrap shadow-float">
          Enter searches all {documents?.toLocaleString('en')} documents.
        </p>
      )}
    </div>
  )
}

function ViewsMenu({ collection, search, go }: Pick<DocumentsBarProps, 'collection' | 'search' | 'go'>) {
  const views = useViews(collection.name)
  const toast = useToast()
  const [isSaving, setSaving] = useState(false)
  const current = views.list.find(({ title }) => title === search.view)
  const remove = (title: string) =>
    views.remove(title).then(
      () => {
        toast({ title: `Removed the view ${title}` })
        go({ ...search, view: undefined }, { replace: true })
      },
      (error: unknown) => toast({ kind: 'error', title: 'Not removed', description: messageOf(error) }),
    )
  return (
    <>
      <Menu.Root>
        <Menu.Trigger className="inline-flex h-8 max-w-[200px] items-center gap-2 rounded-control px-2.5 text-text-2 hover:bg-sunken hover:text-text max-sm:h-10 max-sm:px-3">
          <Bookmark aria-hidden="true" size={16} strokeWidth={1.5} className="flex-none" />
          <span className="truncate max-sm:sr-only">{current?.title ?? 'Views'}</span>
        </Menu.Trigger>
        <Menu.Portal>
          <Menu.Positioner align="end" sideOffset={6} className="z-30">
            <Menu.Popup className="min-w-[220px] rounded-panel border border-line bg-raised p-1 shadow-float outline-none">
              {views.list.map(({ title, search: saved, isShared }) => (
                <Menu.Item key={`${title} ${isShared}`} onClick={() => go(saved)} className={ITEM}>
                  <span className="min-w-0 flex-1 truncate">{title}</span>
                  {isShared && <span className="text-sm text-text-3">shared</span>}
                </Menu.Item>
              ))}
              <Menu.Item
                onClick={() => setSaving(true)}
                className={`${ITEM} ${views.list.length > 0 ? 'mt-1 border-t border-line' : ''}`}
              >
                Save view
              </Menu.Item>
              {current?.isOwn && (
                <Menu.Item onClick={() => void remove(current.title)} className={ITEM}>
                  Remove {current.title}
                </Menu.Item>
              )}
            </Menu.Popup>
          </Menu.Positioner>
        </Menu.Portal>
      </Menu.Root>
      {isSaving && (
        <SaveViewDialog
          {...{ views, search }}
          onClose={() => setSaving(false)}
          onSaved={(title) => {
            setSaving(false)
            go({ ...search, view: title }, { replace: true })
          }}
        />
      )}
    </>
  )
}

const ITEM =
  'flex w-full items-center gap-6 rounded-control px-2 py-1.5 text-left outline-none data-highlighted:bg-sunken'
