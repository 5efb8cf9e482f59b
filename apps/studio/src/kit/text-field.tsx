import { type InputHTMLAttributes, type ReactNode, type Ref, useId } from 'react'
import { classNames } from './class-names'

export interface TextFieldProps extends InputHTMLAttributes<HTMLInputElement> {
  readonly label: string
  readonly hint?: ReactNode
  /** What is wrong with it. */
  readonly error?: string | undefined
  readonly ref?: Ref<HTMLInputElement>
}

export const INPUT =
  'h-8 w-full rounded-control border border-control bg-canvas px-2.5 text-base aria-invalid:border-danger max-sm:h-10'

export function TextField({ label, hint, error, className, ...rest }: TextFieldProps) {
  const id = useId()
  const describedBy = classNames(hint !== undefined && `${id}-hint`, error !== undefined && `${id}-error`)
  return (
    <div className={classNames('flex flex-col gap-1', className)}>
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      <input
        {...rest}
        id={id}
        aria-invalid={error !== undefined}
        aria-describedby={describedBy || undefined}
        className={INPUT}
      />
      {hint !== undefined && (
        <p id={`${id}-hint`} className="text-sm text-text-3">
          {hint}
        </p>
      )}
      {error !== undefined && (
        <p id={`${id}-error`} className="text-sm text-danger-text">
          {error}
        </p>
      )}
    </div>
  )
}
