import { Menu } from '@base-ui/react/menu'
import { Ellipsis } from 'lucide-react'
import type { ReactNode } from 'react'

const ITEM =
  'flex w-full cursor-default items-center gap-2 rounded-control px-2 py-1.5 text-left outline-none data-highlighted:bg-sunken aria-disabled:opacity-60 max-sm:py-2.5'

/** What is done less often with one of many: behind an ellipsis at the end of its row. */
export function MoreMenu({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <Menu.Root>
      <Menu.Trigger
        aria-label={label}
        className="grid size-8 flex-none place-items-center rounded-control text-text-2 hover:bg-sunken hover:text-text max-sm:size-10"
      >
        <Ellipsis aria-hidden="true" size={16} strokeWidth={1.5} />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner align="end" sideOffset={4} className="z-30">
          <Menu.Popup className="min-w-[180px] rounded-panel border border-line bg-raised p-1 shadow-float outline-none transition-opacity duration-[120ms] data-ending-style:opacity-0 data-starting-style:opacity-0">
            {children}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  )
}

export interface MoreItemProps {
  /** Why it cannot be chosen: it stays in the reach of keys, so that the reason can be read. */
  readonly reason?: string | null
  readonly onClick: () => void
  /** That do the same. */
  readonly keys?: string
  /** It takes something away. */
  readonly isDanger?: boolean
  readonly children: ReactNode
}

export function MoreItem({ reason = null, onClick, keys, isDanger = false, children }: MoreItemProps) {
  return (
    <Menu.Item
      className={isDanger ? `${ITEM} text-danger-text` : ITEM}
      aria-disabled={reason !== null || undefined}
      closeOnClick={reason === null}
      title={reason ?? undefined}
      onClick={() => reason === null && onClick()}
    >
      {children}
      {keys !== undefined && <span className="ml-auto pl-6 text-sm text-text-3">{keys}</span>}
    </Menu.Item>
  )
}

export interface MoreLinkProps {
  readonly href: string
  /** The name of the file. */
  readonly download: string
  readonly title?: string
  readonly reason?: string | null
  readonly children: ReactNode
}

/** One that leads to a file. */
export function MoreLink({ href, download, title, reason = null, children }: MoreLinkProps) {
  return (
    <Menu.LinkItem
      className={ITEM}
      aria-disabled={reason !== null || undefined}
      title={reason ?? title}
      href={reason === null ? href : undefined}
      download={download}
    >
      {children}
    </Menu.LinkItem>
  )
}
