import type { ButtonHTMLAttributes, ReactNode } from 'react'
import { classNames } from './class-names'
import { Spinner } from './spinner'

const KINDS = {
  primary: 'bg-accent text-on-accent hover:brightness-110',
  plain: 'border border-control bg-raised hover:bg-sunken',
  quiet: 'text-text-2 hover:bg-sunken hover:text-text',
  danger: 'bg-danger text-on-accent hover:brightness-110',
} as const

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** One primary button on a page or in a dialog. @default 'plain' */
  readonly kind?: keyof typeof KINDS
  /** What it does is under way: it says so, and cannot be pressed again. */
  readonly isBusy?: boolean
  /** Why it cannot be pressed: it stays focusable, so that the reason can be read. */
  readonly reason?: string | null
  readonly children: ReactNode
}

export function Button({
  kind = 'plain',
  isBusy = false,
  reason = null,
  className,
  children,
  onClick,
  ...rest
}: ButtonProps) {
  const isOff = reason !== null || isBusy
  return (
    <button
      type="button"
      {...rest}
      aria-disabled={isOff || undefined}
      aria-busy={isBusy || undefined}
      title={reason ?? rest.title}
      onClick={isOff ? (event) => event.preventDefault() : onClick}
      className={classNames(
        'inline-flex h-8 items-center justify-center gap-2 rounded-control px-3 text-base font-medium whitespace-nowrap',
        'transition-colors duration-[80ms] max-sm:h-10 max-sm:px-4 max-sm:text-md',
        'aria-disabled:cursor-default aria-disabled:opacity-60 disabled:opacity-60',
        KINDS[kind],
        className,
      )}
    >
      {isBusy && <Spinner />}
      {children}
    </button>
  )
}
