import type { ButtonHTMLAttributes } from 'react'
import { classNames } from './class-names'

/** A button in a line of text, or beside a label. */
export function SmallButton({ className, ...rest }: ButtonHTMLAttributes<HTMLButtonElement>) {
  return (
    <button
      type="button"
      {...rest}
      className={classNames(
        'inline-flex h-6 flex-none items-center gap-1 rounded-control px-1.5 text-sm whitespace-nowrap text-text-2',
        'hover:bg-sunken hover:text-text aria-pressed:bg-sunken aria-pressed:text-text max-sm:h-8 max-sm:px-2.5',
        className,
      )}
    />
  )
}
