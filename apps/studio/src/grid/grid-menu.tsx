import { Menu } from '@base-ui/react/menu'
import { useEffect, useMemo, useRef } from 'react'
import type { GridMenuItem } from './grid-editing'

export interface GridMenuProps {
  readonly label: string
  readonly items: readonly GridMenuItem[]
  /** Where it opens, in px of the window. */
  readonly at: { readonly x: number; readonly y: number }
  readonly onClose: () => void
}

/** What can be done with a cell or a column: on a right click, or Shift-F10. */
export function GridMenu({ label, items, at, onClose }: GridMenuProps) {
  const { x, y } = at
  const anchor = useMemo(() => ({ getBoundingClientRect: () => new DOMRect(x, y, 0, 0) }), [x, y])
  const popup = useRef<HTMLDivElement>(null)
  // It was opened by keys as often as by a click: Enter takes the first entry.
  useEffect(() => {
    const frame = requestAnimationFrame(() =>
      popup.current?.querySelector<HTMLElement>('[role=menuitem]:not([data-disabled])')?.focus(),
    )
    return () => cancelAnimationFrame(frame)
  }, [])
  return (
    <Menu.Root open modal={false} onOpenChange={(open) => open || onClose()}>
      <Menu.Portal>
        <Menu.Positioner anchor={anchor} align="start" sideOffset={2} className="z-30">
          <Menu.Popup
            ref={popup}
            aria-label={label}
            finalFocus={false}
            className="max-h-[min(480px,var(--available-height))] min-w-[220px] overflow-y-auto rounded-panel border border-line bg-raised p-1 shadow-float outline-none"
          >
            {items.map(({ label: text, keys, reason, run, startsGroup }) => (
              <Menu.Item
                key={text}
                disabled={reason != null}
                title={reason ?? undefined}
                onClick={run}
                className={`flex w-full items-center gap-6 rounded-control px-2 py-1.5 text-left outline-none data-disabled:text-text-3 data-highlighted:bg-sunken ${startsGroup ? 'mt-1 border-t border-line pt-2' : ''}`}
              >
                <span className="min-w-0 flex-1 truncate">{text}</span>
                {keys !== undefined && <kbd className="font-sans text-xs text-text-3">{keys}</kbd>}
              </Menu.Item>
            ))}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  )
}
