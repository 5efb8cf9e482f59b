import { Link, type LinkProps } from '@tanstack/react-router'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, useRef, useState } from 'react'
import { Skeleton } from './states'
import { INPUT } from './text-field'

export interface SideEntry {
  readonly key: string
  readonly name: string
  /** How many there are in it, or what is special about it. */
  readonly note?: string | undefined
  /** Where it leads: `linkOptions(…)`. */
  readonly link: LinkProps
  readonly isCurrent?: boolean
  readonly title?: string | undefined
  /** It belongs to the entry above it, and has this before its name. */
  readonly icon?: ReactNode
}

export interface SideListProps {
  /** What is listed, in the plural: "collections". */
  readonly what: string
  /** Undefined while it is read. Those that belong to the entry above stay with it when somebody searches. */
  readonly entries: readonly SideEntry[] | undefined
  readonly onOpen: () => void
}

/** Pixels; a finger needs more. */
const rowHeight = () => (matchMedia('(max-width: 640px)').matches ? 40 : 32)
const ENTRY =
  'flex h-full items-center gap-2 rounded-control px-2 text-text-2 hover:bg-sunken hover:text-text data-current:bg-accent-soft data-current:font-medium data-current:text-link'

/** The list of `ListBeside`: names to search and to go to. Some hundreds are as fast as three. */
export function SideList({ what, entries, onOpen }: SideListProps) {
  const [text, setText] = useState('')
  const scroller = useRef<HTMLDivElement>(null)
  const found = matching(entries ?? [], text)
  const rows = useVirtualizer({
    count: found.length,
    getScrollElement: () => scroller.current,
    estimateSize: rowHeight,
    overscan: 8,
  })
  return (
    <div className="flex h-full flex-col">
      <div className="p-2">
        <input
          type="search"
          aria-label={`Search ${what}`}
          placeholder={`Search ${what}`}
          value={text}
          onChange={({ target }) => setText(target.value)}
          className={INPUT}
        />
      </div>
      <div ref={scroller} className="min-h-0 flex-1 overflow-y-auto px-2 pb-2 focus-visible:-outline-offset-2">
        {entries === undefined && <Skeleton className="h-[160px] w-full" />}
        {entries !== undefined && entries.length > 0 && found.length === 0 && (
          <p className="px-2 py-1.5 text-text-2">Nothing matches.</p>
        )}
        <div className="relative" style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ index, start, size }) => {
            const entry = found[index]
            if (entry === undefined) return null
            const { key, name, note, link, isCurrent = false, title, icon } = entry
            return (
              <div key={key} className="absolute inset-x-0" style={{ top: start, height: size }}>
                <Link
                  {...link}
                  onClick={onOpen}
                  data-current={isCurrent || undefined}
                  aria-current={isCurrent ? 'page' : undefined}
                  title={title}
                  className={icon === undefined ? ENTRY : `${ENTRY} pl-6`}
                >
                  {icon}
                  <span className="min-w-0 flex-1 truncate">{name}</span>
                  {note !== undefined && <span className="flex-none text-sm text-text-3">{note}</span>}
                </Link>
              </div>
            )
          })}
        </div>
      </div>
    </div>
  )
}

function matching(entries: readonly SideEntry[], text: string): readonly SideEntry[] {
  const sought = text.trim().toLowerCase()
  let isShown = false
  return entries.filter(({ name, icon }) => {
    if (icon === undefined) isShown = name.toLowerCase().includes(sought)
    return isShown
  })
}
