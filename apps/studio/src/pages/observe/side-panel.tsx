import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from '../../kit/button'
import { classNames } from '../../kit/class-names'
import { PANEL_OVER_LIST } from '../../kit/panel-place'

export interface SidePanelProps {
  readonly label: string
  readonly title: ReactNode
  readonly onClose: () => void
  readonly children: ReactNode
}

/** Details beside a list, which stays usable; over it where there is no room. */
export function SidePanel({ label, title, onClose, children }: SidePanelProps) {
  return (
    <aside
      aria-label={label}
      className={classNames(
        'flex w-[480px] flex-none flex-col gap-5 overflow-auto border-l border-line bg-canvas p-4 max-xl:w-[400px] max-lg:w-[min(480px,100vw)]',
        PANEL_OVER_LIST,
      )}
    >
      <div className="flex items-start gap-2">
        <h2 className="min-w-0 flex-1 pt-1 text-title font-semibold break-words">{title}</h2>
        <Button kind="quiet" aria-label="Close" onClick={onClose} className="flex-none px-2">
          <X aria-hidden="true" size={16} strokeWidth={1.5} />
        </Button>
      </div>
      {children}
    </aside>
  )
}

/** Names and values. */
export function Facts({ children }: { readonly children: ReactNode }) {
  return <dl className="grid grid-cols-[max-content_1fr] gap-x-4 gap-y-1.5">{children}</dl>
}

export function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt className="text-text-2">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </>
  )
}
