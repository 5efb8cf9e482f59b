import { Dialog as Base } from '@base-ui/react/dialog'
import type { ReactNode } from 'react'
import { classNames } from './class-names'

export interface DialogProps {
  readonly title: string
  readonly isOpen: boolean
  /** On Escape or a click outside. Without it the dialog cannot be dismissed. */
  readonly onClose?: () => void
  /** @default 'normal': 440 px; wide: 720 px */
  readonly size?: 'normal' | 'wide'
  readonly children: ReactNode
}

/** A modal dialog: for what cannot be undone, or cannot wait. */
export function Dialog({ title, isOpen, onClose, size = 'normal', children }: DialogProps) {
  return (
    <Base.Root
      open={isOpen}
      onOpenChange={(open) => open || onClose?.()}
      disablePointerDismissal={onClose === undefined}
    >
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-scrim transition-opacity duration-[120ms] data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Base.Popup
          className={classNames(
            'fixed top-1/2 left-1/2 z-40 flex max-h-[calc(100dvh-2rem)] -translate-1/2 flex-col gap-4 overflow-auto rounded-dialog bg-raised p-5 shadow-float transition-opacity duration-[120ms] data-ending-style:opacity-0 data-starting-style:opacity-0',
            size === 'wide' ? 'w-[min(720px,calc(100vw-2rem))]' : 'w-[min(440px,calc(100vw-2rem))]',
          )}
        >
          <Base.Title className="text-title font-semibold">{title}</Base.Title>
          {children}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}
