import { Popover } from '@base-ui/react/popover'
import { Columns3, Pin } from 'lucide-react'
import { useState } from 'react'
import type { CollectionInfo } from '../../fields/field'
import type { GridLayout } from '../../grid/grid-column'
import { Button } from '../../kit/button'
import { INPUT } from '../../kit/text-field'

export interface ColumnsMenuProps {
  readonly collection: CollectionInfo
  readonly layout: GridLayout
  onLayout(layout: GridLayout): void
  onReset(): void
  /** Scrolls to one. */
  onFind(id: string): void
  readonly isOpen: boolean
  onOpen(isOpen: boolean): void
}

/** Finds a column among hundreds (Alt-C): Enter goes to it. The boxes show and hide, the pins keep at the left. */
export function ColumnsMenu({ collection, layout, onLayout, onReset, onFind, isOpen, onOpen }: ColumnsMenuProps) {
  const [text, setText] = useState('')
  const found = collection.fields.filter(
    ({ name, internal }) => !internal && name.toLowerCase().includes(text.trim().toLowerCase()),
  )
  const visible = collection.fields.filter(({ name, internal }) => !internal && !layout.hidden.includes(name)).length
  const toggle = (list: readonly string[], id: string) =>
    list.includes(id) ? list.filter((one) => one !== id) : [...list, id]
  function find(id: string | undefined): void {
    if (id === undefined) return
    if (layout.hidden.includes(id)) onLayout({ ...layout, hidden: layout.hidden.filter((one) => one !== id) })
    onOpen(false)
    setText('')
    // Once it is there.
    requestAnimationFrame(() => onFind(id))
  }
  return (
    <Popover.Root open={isOpen} onOpenChange={onOpen}>
      <Popover.Trigger
        title="Columns (Alt+C)"
        className="inline-flex h-8 items-center gap-2 rounded-control px-2.5 text-text-2 hover:bg-sunken hover:text-text max-sm:h-10 max-sm:px-3"
      >
        <Columns3 aria-hidden="true" size={16} strokeWidth={1.5} />
        <span className="max-sm:sr-only">Columns</span>
        {layout.hidden.length > 0 && <span className="text-sm text-text-3">{visible}</span>}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner align="end" sideOffset={6} className="z-30">
          <Popover.Popup
            aria-label="Columns"
            className="flex max-h-[min(480px,var(--available-height))] w-[min(300px,calc(100vw-2rem))] flex-col gap-2 rounded-panel border border-line bg-raised p-2 shadow-float outline-none"
          >
            <input
              type="search"
              aria-label="Find a column"
              placeholder="Find a column"
              value={text}
              onChange={({ target }) => setText(target.value)}
              onKeyDown={(event) => event.key === 'Enter' && find(found[0]?.name)}
              className={`${INPUT} flex-none`}
            />
            <ul className="min-h-0 flex-1 overflow-y-auto">
              {found.map(({ name }) => {
                const isShown = !layout.hidden.includes(name)
                const isPinned = layout.pinned.includes(name)
                return (
                  <li key={name} className="flex h-8 items-center gap-2 rounded-control px-1.5 hover:bg-sunken">
                    <input
                      type="checkbox"
                      aria-label={`Show ${name}`}
                      checked={isShown}
                      disabled={isShown && visible === 1}
                      onChange={() => onLayout({ ...layout, hidden: toggle(layout.hidden, name) })}
                      className="size-3.5 accent-accent"
                    />
                    <button type="button" onClick={() => find(name)} className="min-w-0 flex-1 truncate text-left">
                      {name}
                    </button>
                    <button
                      type="button"
                      aria-label={`Pin ${name}`}
                      aria-pressed={isPinned}
                      onClick={() => onLayout({ ...layout, pinned: toggle(layout.pinned, name) })}
                      className="flex size-6 items-center justify-center rounded-control text-text-3 hover:text-text aria-pressed:text-link"
                    >
                      <Pin aria-hidden="true" size={14} strokeWidth={1.5} fill={isPinned ? 'currentColor' : 'none'} />
                    </button>
                  </li>
                )
              })}
            </ul>
            <Button kind="quiet" onClick={onReset} className="self-start">
              Reset columns
            </Button>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  )
}
