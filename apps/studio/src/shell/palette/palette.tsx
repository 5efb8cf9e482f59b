import { Dialog } from '@base-ui/react/dialog'
import { useRouter } from '@tanstack/react-router'
import { Search } from 'lucide-react'
import { type KeyboardEvent, useDeferredValue, useId, useRef, useState } from 'react'
import { useCollections } from '../../fields/use-collections'
import { AppLink } from '../../kit/app-link'
import { studioAddress } from '../../kit/studio-path'
import { useActionItems } from './action-items'
import { useCreationItems } from './creation-items'
import { PALETTE_GROUPS, type PaletteItem } from './palette-item'
import {
  collectionItems,
  useDocumentItems,
  useFunctionItems,
  useKeptItems,
  usePageItems,
  useUserItems,
} from './palette-sources'
import { rank } from './rank'
import { useSettingItems } from './setting-items'

const SHOWN = 40
const SHOWN_OF_A_GROUP = 8

export interface PaletteProps {
  readonly onClose: () => void
  readonly onShowKeys: () => void
}

/** Everything by its name: pages, collections, documents, users, views, queries, settings, and what can be done. */
export function Palette({ onClose, onShowKeys }: PaletteProps) {
  const [typed, setTyped] = useState('')
  const [current, setCurrent] = useState(0)
  const { items, isLoading } = useItems(useDeferredValue(typed), onShowKeys)
  const router = useRouter()
  const list = useRef<HTMLDivElement>(null)
  const id = useId()
  const at = Math.min(current, items.length - 1)
  const idOf = (index: number) => `${id}-${index}`

  function open(item: PaletteItem, isNewTab: boolean): void {
    if (item.href !== undefined && isNewTab) {
      window.open(studioAddress(item.href), '_blank', 'noopener')
      return
    }
    onClose()
    if (item.href !== undefined) router.history.push(studioAddress(item.href))
    item.run?.()
  }

  function move(to: number): void {
    setCurrent(to)
    list.current?.querySelector(`#${CSS.escape(idOf(to))}`)?.scrollIntoView({ block: 'nearest' })
  }

  function onKeyDown(event: KeyboardEvent): void {
    const last = items.length - 1
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: at >= last ? 0 : at + 1,
      ArrowUp: at <= 0 ? last : at - 1,
      PageDown: Math.min(last, at + 8),
      PageUp: Math.max(0, at - 8),
    }
    const to = moves[event.key]
    const item = items[at]
    if (to !== undefined && last >= 0) {
      event.preventDefault()
      move(to)
    } else if (event.key === 'Enter' && item !== undefined) {
      event.preventDefault()
      open(item, event.ctrlKey || event.metaKey)
    }
  }

  return (
    <Dialog.Root open onOpenChange={(isOpen) => isOpen || onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-scrim" />
        <Dialog.Popup className="fixed top-[12vh] left-1/2 z-40 flex max-h-[70dvh] w-[min(640px,calc(100vw-1rem))] -translate-x-1/2 flex-col overflow-hidden rounded-dialog border border-line bg-raised shadow-float outline-none max-sm:top-2 max-sm:max-h-[calc(100dvh-1rem)]">
          <Dialog.Title className="sr-only">Find anything</Dialog.Title>
          <div className="flex items-center gap-2 border-b border-line px-4">
            <Search aria-hidden="true" size={16} strokeWidth={1.5} className="flex-none text-text-3" />
            <input
              // biome-ignore lint/a11y/noAutofocus: it is what the dialog is for
              autoFocus
              role="combobox"
              aria-label="Find anything"
              aria-expanded="true"
              aria-autocomplete="list"
              aria-controls={id}
              aria-activedescendant={at >= 0 ? idOf(at) : undefined}
              placeholder="Page, collection, function, document, user, setting, action"
              value={typed}
              onChange={({ target }) => {
                setTyped(target.value)
                setCurrent(0)
              }}
              onKeyDown={onKeyDown}
              spellCheck={false}
              className="h-12 min-w-0 flex-1 bg-transparent text-md outline-none"
            />
          </div>
          <div ref={list} id={id} role="listbox" aria-label="Found" className="min-h-0 flex-1 overflow-y-auto p-1.5">
            {items.map((item, index) => (
              <Option
                key={item.id}
                id={idOf(index)}
                item={item}
                isCurrent={index === at}
                onPoint={() => setCurrent(index)}
                onOpen={(isNewTab) => open(item, isNewTab)}
              />
            ))}
          </div>
          <p role="status" className="border-t border-line px-4 py-2 text-sm text-text-3">
            {items.length > 0
              ? `${items.length} found. Enter opens, Ctrl-Enter in a new tab. “posts hello” searches one collection.`
              : isLoading
                ? 'Searching'
                : `Nothing is called “${typed}”. For a document, type its collection first: posts hello`}
          </p>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

interface OptionProps {
  readonly id: string
  readonly item: PaletteItem
  readonly isCurrent: boolean
  readonly onPoint: () => void
  readonly onOpen: (isNewTab: boolean) => void
}

const OPTION =
  'flex min-h-9 w-full items-center gap-3 rounded-control px-2.5 py-1.5 text-left aria-selected:bg-selection max-sm:min-h-11'

/** Places are real links: they can be opened in a tab of their own. */
function Option({ id, item, isCurrent, onPoint, onOpen }: OptionProps) {
  const { group, title, detail, icon: Icon, href } = item
  const content = (
    <>
      <Icon aria-hidden="true" size={16} strokeWidth={1.5} className="flex-none text-text-3" />
      <span className="max-w-[70%] flex-none truncate">{title}</span>
      <span className="min-w-0 flex-1 truncate text-sm text-text-3">{detail}</span>
      <span className="flex-none text-sm text-text-3">{group}</span>
    </>
  )
  const shared = {
    id,
    role: 'option',
    tabIndex: -1,
    'aria-selected': isCurrent,
    onPointerMove: onPoint,
    className: OPTION,
  }
  if (href === undefined) {
    return (
      <button type="button" {...shared} onClick={() => onOpen(false)}>
        {content}
      </button>
    )
  }
  return (
    <AppLink
      {...shared}
      href={href}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return
        event.preventDefault()
        onOpen(false)
      }}
    >
      {content}
    </AppLink>
  )
}

/** What there is for what was typed, the best first. */
function useItems(
  typed: string,
  onShowKeys: () => void,
): { readonly items: readonly PaletteItem[]; readonly isLoading: boolean } {
  const collections = useCollections().data ?? []
  const known = [
    ...usePageItems(),
    ...collectionItems(collections),
    ...useFunctionItems(),
    ...useKeptItems(),
    ...useSettingItems(),
    ...useCreationItems(collections),
    ...useActionItems(onShowKeys),
  ]
  const documents = useDocumentItems(typed, collections)
  const users = useUserItems(typed)
  const isLoading = documents.isLoading || users.isLoading
  const text = typed.trim()
  const groupOf = ({ group }: PaletteItem) => PALETTE_GROUPS.indexOf(group)
  const ranked = known
    .filter(({ group }) => text !== '' || group === 'Pages' || group === 'Collections')
    .map((item) => ({
      item,
      score: Math.max(rank(text, item.title), rank(text, `${item.detail ?? ''} ${item.title}`) * 0.8),
    }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || groupOf(a.item) - groupOf(b.item))
    .map(({ item }) => item)
  const shown = new Map<string, number>()
  const limited = ranked.filter(({ group }) => {
    const count = (shown.get(group) ?? 0) + 1
    shown.set(group, count)
    return count <= (text === '' ? SHOWN : SHOWN_OF_A_GROUP)
  })
  // The server has searched these; a page of that very name still comes first.
  const [exact, rest] = [
    limited.filter(({ title }) => isSame(title, text)),
    limited.filter(({ title }) => !isSame(title, text)),
  ]
  const items = [...exact, ...documents.items, ...rest, ...users.items].slice(0, SHOWN)
  return { items, isLoading }
}

function isSame(title: string, text: string): boolean {
  return title.toLowerCase() === text.toLowerCase()
}
