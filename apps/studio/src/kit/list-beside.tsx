import { Dialog } from '@base-ui/react/dialog'
import { PanelLeft } from 'lucide-react'
import { createContext, type ReactNode, use, useMemo, useState } from 'react'
import { classNames } from './class-names'

export interface ListBesideProps {
  /** What the list is of: "Collections". */
  readonly label: string
  /** The list of an area; its entries are links. Given a function that closes the drawer which it is in on a small screen. */
  list(close: () => void): ReactNode
  /** The page has a bar of its own, in which `ListButton` stands. */
  readonly hasOwnBar?: boolean
  readonly children: ReactNode
}

interface Drawer {
  readonly label: string
  readonly isOpen: boolean
  open(): void
}

const DrawerContext = createContext<Drawer | null>(null)
const ICON = <PanelLeft aria-hidden="true" size={16} strokeWidth={1.5} className="flex-none" />

/** A page with the list of its area at its left; below 1,024 px the list is a drawer behind a button. */
export function ListBeside({ label, list, hasOwnBar = false, children }: ListBesideProps) {
  const [isOpen, setOpen] = useState(false)
  const drawer = useMemo(() => ({ label, isOpen, open: () => setOpen(true) }), [label, isOpen])
  return (
    <div className="flex h-full min-h-0 max-lg:flex-col">
      <nav
        aria-label={label}
        className="w-[240px] flex-none overflow-y-auto border-r border-line bg-surface max-lg:hidden"
      >
        {list(() => {})}
      </nav>
      {!hasOwnBar && (
        <button
          type="button"
          aria-haspopup="dialog"
          aria-expanded={isOpen}
          onClick={drawer.open}
          className="flex h-9 flex-none items-center gap-2 border-b border-line bg-surface px-4 text-text-2 hover:text-text lg:hidden"
        >
          {ICON}
          {label}
        </button>
      )}
      <Dialog.Root open={isOpen} onOpenChange={setOpen}>
        <Dialog.Portal>
          <Dialog.Backdrop className="fixed inset-0 z-20 bg-scrim" />
          <Dialog.Popup className="fixed inset-y-0 left-0 z-20 flex w-[280px] max-w-[85vw] flex-col bg-surface shadow-float outline-none">
            <Dialog.Title className="flex-none px-4 pt-3 pb-1 text-title font-semibold">{label}</Dialog.Title>
            <div className="min-h-0 flex-1 overflow-y-auto">{list(() => setOpen(false))}</div>
          </Dialog.Popup>
        </Dialog.Portal>
      </Dialog.Root>
      <div className="flex min-h-0 min-w-0 flex-1 flex-col">
        <DrawerContext value={drawer}>{children}</DrawerContext>
      </div>
    </div>
  )
}

/** Opens the list of `ListBeside` where it is a drawer; in the bar that the page has anyway. @param isPlain among tabs, without a frame */
export function ListButton({ isPlain = false }: { readonly isPlain?: boolean }) {
  const drawer = use(DrawerContext)
  if (drawer === null) return null
  return (
    <button
      type="button"
      aria-label={drawer.label}
      title={drawer.label}
      aria-haspopup="dialog"
      aria-expanded={drawer.isOpen}
      onClick={drawer.open}
      className={classNames(
        'grid flex-none place-items-center text-text-2 hover:bg-sunken hover:text-text lg:hidden',
        isPlain
          ? 'w-10 border-r border-line -outline-offset-2'
          : 'size-8 rounded-control border border-control bg-raised max-sm:size-10',
      )}
    >
      {ICON}
    </button>
  )
}
