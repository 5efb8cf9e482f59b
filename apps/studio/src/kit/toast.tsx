import { Toast as Base } from '@base-ui/react/toast'
import type { ReactNode } from 'react'
import { classNames } from './class-names'

export interface ToastOptions {
  /** What happened, to what, how many: "Deleted 12 orders". */
  readonly title: string
  readonly description?: string
  /** An error stays until it is closed, and is never only here. */
  readonly kind?: 'success' | 'error'
  readonly action?: { readonly label: string; readonly run: () => void }
}

const SECONDS = { plain: 6, withAction: 15 }

/** At the bottom left, one line each, at most three. */
export function ToastProvider({ children }: { readonly children: ReactNode }) {
  return (
    <Base.Provider limit={3}>
      {children}
      <Base.Portal>
        <Base.Viewport className="fixed bottom-[72px] left-4 z-50 flex w-[min(420px,calc(100vw-2rem))] flex-col gap-2">
          <Toasts />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  )
}

export function useToast(): (options: ToastOptions) => void {
  const manager = Base.useToastManager()
  return ({ title, description, kind = 'success', action }) => {
    const id = manager.add({
      title,
      description,
      type: kind,
      priority: kind === 'error' ? 'high' : 'low',
      timeout: kind === 'error' ? 0 : 1000 * (action === undefined ? SECONDS.plain : SECONDS.withAction),
      ...(action && {
        actionProps: {
          children: action.label,
          onClick: () => {
            manager.close(id)
            action.run()
          },
        },
      }),
    })
  }
}

function Toasts() {
  return Base.useToastManager().toasts.map((toast) => (
    <Base.Root
      key={toast.id}
      toast={toast}
      swipeDirection={['left', 'down']}
      className={classNames(
        'flex items-center gap-3 rounded-panel border border-line bg-raised px-3 py-2 shadow-float',
        'transition-opacity duration-[120ms] data-ending-style:opacity-0 data-limited:opacity-0 data-starting-style:opacity-0',
      )}
    >
      <Base.Content className="min-w-0 flex-1">
        <Base.Title className={classNames('truncate font-medium', toast.type === 'error' && 'text-danger-text')} />
        <Base.Description className="text-sm text-text-2" />
      </Base.Content>
      <Base.Action className="rounded-control px-2 py-1 font-medium text-link hover:bg-sunken" />
      <Base.Close aria-label="Close" className="rounded-control px-1.5 text-text-3 hover:bg-sunken hover:text-text">
        ✕
      </Base.Close>
    </Base.Root>
  ))
}
